"""Make the rows of messages that are about to be sent: the message, what it speaks about, its links and the attempt.

Many at once, since a batch is written in one transaction. A step speaks once about an item: the unique constraint
decides, not a look beforehand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.kit.clock import business_now, real_now
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.messages.models import Attempt, AttemptState, Message, MessageItem, MessageState, TrackedLink

Item = tuple[str, int]  # kind (order_line, order or fulfillment) and our id

CLOSE_OLD = """update attempt set state = 'deferred', reply = 'The sender stopped before the hand-over.'
    where shop_id = %(shop)s and message_id = any(%(ids)s) and state = 'prepared'"""
CLAIM = "on conflict do nothing returning message_id, item_kind, item_id"
CLAIMED = """select message_id, item_kind, item_id from message_item
    where shop_id = %(shop)s and message_id = any(%(ids)s)"""
KEEP_LINK = "on conflict (shop_id, message_id, purpose, position) do update set target = excluded.target"


WRITTEN = Question(
    select(Message.id, Message.follow_up_id, Message.public_id, Message.state).where(
        Message.shop_id == SHOP, one_of(Message.follow_up_id, "follow_ups")
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """Say what is kept of a follow-up's message already; at its first try, nothing but the public id it will have.

    `tries` counts all, `spent` those that ended by what the message or its recipient is: only these are limited.
    `links` maps the purpose of each tracked link to its random id: a message written again keeps its links.
    """

    public_id: str
    message_id: int | None = None
    state: MessageState = MessageState.PLANNED
    tries: int = 0
    spent: int = 0
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """Hold one link of a message that leads outside through us."""

    purpose: str
    public_id: str
    target: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold a written message before it has rows. `fence` is the claim's."""

    known: Known
    follow_up_id: int
    order_id: int
    customer_id: int | None
    step: str
    message_class: str
    recipient: str
    locale: str
    subject: str
    substance: str
    optional: bool
    arm: str | None
    items: Sequence[Item]
    spoken_as: str  # the step as items name it: once a year where a flow comes back every year
    links: Sequence[Link]
    fence: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Hold the rows of a message that may be sent. `items` are those of its draft no earlier message spoke about."""

    message_id: int
    attempt: int
    items: tuple[Item, ...]


def known(session: Session, named: Mapping[int, str]) -> dict[int, Known]:
    """Return what is kept of each follow-up's message. `named` holds, by follow-up, the public id a new one gets."""
    shop = entered_shop(session)
    (rows,) = ask(session, (WRITTEN, {"follow_ups": list(named)}))
    found = {each: Known(name) for each, name in named.items()}
    if not rows:
        return found
    ids = [row.id for row in rows]
    tries = session.execute(
        select(
            Attempt.message_id,
            func.max(Attempt.n).label("n"),
            func.count().filter(Attempt.state != AttemptState.BLOCKED).label("spent"),
        )
        .where(Attempt.shop_id == shop, Attempt.message_id.in_(ids))
        .group_by(Attempt.message_id)
    )
    counts = {row.message_id: (row.n, row.spent) for row in tries}
    links: dict[int, dict[str, str]] = defaultdict(dict)
    for link in session.scalars(
        select(TrackedLink).where(TrackedLink.shop_id == shop, TrackedLink.message_id.in_(ids))
    ):
        links[link.message_id][link.purpose] = link.public_id
    for row in rows:
        found[row.follow_up_id] = Known(row.public_id, row.id, row.state, *counts.get(row.id, (0, 0)), links[row.id])
    return found


def keep(session: Session, drafts: Sequence[Draft]) -> dict[int, Kept]:
    """Make the rows of one attempt each, and return them by follow-up.

    A draft that is not in the result has none: everything it speaks about was spoken about meanwhile.
    """
    if not drafts:
        return {}
    shop = entered_shop(session)
    ids = _messages(session, shop, drafts)
    ours = _claim_and_attempt(session, shop, drafts, ids)
    silent = [ids[draft.follow_up_id] for draft in drafts if not ours[draft.follow_up_id]]
    if silent:
        unsent = (Message.id.in_(silent), Message.state == MessageState.PLANNED)  # what may have left keeps its row
        session.execute(delete(Message).where(Message.shop_id == shop, *unsent))
    return {
        draft.follow_up_id: Kept(ids[draft.follow_up_id], draft.known.tries + 1, ours[draft.follow_up_id])
        for draft in drafts
        if ours[draft.follow_up_id]
    }


def _messages(session: Session, shop: int, drafts: Sequence[Draft]) -> dict[int, int]:
    """Return each follow-up's message: made now, or written anew where an earlier attempt left one."""
    ids = {draft.follow_up_id: draft.known.message_id for draft in drafts if draft.known.message_id is not None}
    again = [
        {"shop_id": shop, "id": draft.known.message_id, "subject": draft.subject, "recipient": draft.recipient}
        | {"substance": draft.substance}
        for draft in drafts
        if draft.follow_up_id in ids
    ]
    if again:
        session.execute(update(Message), again)
    now = business_now(session)
    new = [
        {
            "shop_id": shop,
            "follow_up_id": draft.follow_up_id,
            "order_id": draft.order_id,
            "customer_id": draft.customer_id,
            "public_id": draft.known.public_id,
            "step": draft.step,
            "message_class": draft.message_class,
            "recipient": draft.recipient,
            "locale": draft.locale,
            "subject": draft.subject,
            "substance": draft.substance,
            "optional": draft.optional,
            "arm": draft.arm,
            "state": MessageState.PLANNED,
            "created_at": now,
        }
        for draft in drafts
        if draft.follow_up_id not in ids
    ]
    if new:
        (made,) = one_trip(session, [insert_rows(Message, new, "returning follow_up_id, id")])
        ids |= dict(made)
    return ids


def _claim_and_attempt(
    session: Session, shop: int, drafts: Sequence[Draft], ids: Mapping[int, int]
) -> dict[int, tuple[Item, ...]]:
    """Claim what each draft speaks about, start its attempt and keep its links.

    Returns, by follow-up, what no other message had claimed. An attempt left over by a dead worker, never handed off,
    is closed first.
    """
    items = [
        {
            "shop_id": shop,
            "message_id": ids[draft.follow_up_id],
            "item_kind": kind,
            "item_id": item,
            "step": draft.spoken_as,
        }
        for draft in drafts
        for kind, item in draft.items
    ]
    attempts = [
        {
            "shop_id": shop,
            "message_id": ids[draft.follow_up_id],
            "n": draft.known.tries + 1,
            "state": AttemptState.PREPARED,
            "fence": draft.fence,
            "started_at": real_now(),
        }
        for draft in drafts
    ]
    links = [
        {
            "shop_id": shop,
            "message_id": ids[draft.follow_up_id],
            "public_id": link.public_id,
            "purpose": link.purpose,
            "position": 0,
            "target": link.target,
        }
        for draft in drafts
        for link in draft.links
    ]
    again = {"shop": shop, "ids": [draft.known.message_id for draft in drafts if draft.known.message_id is not None]}
    asked = [(CLOSE_OLD, again), insert_rows(MessageItem, items, CLAIM), (CLAIMED, again)]
    asked.append(insert_rows(Attempt, attempts))
    if links:
        asked.append(insert_rows(TrackedLink, links, KEEP_LINK))
    _, claimed, claimed_before, *_ = one_trip(session, asked)
    ours = {(message, (kind, item)) for message, kind, item in (*claimed, *claimed_before)}
    return {
        draft.follow_up_id: tuple(item for item in draft.items if (ids[draft.follow_up_id], item) in ours)
        for draft in drafts
    }


def withdraw(session: Session, message_id: int) -> None:
    """Take back a message that is not to be handed off: what it would have spoken about is free again.

    One that may have left by an earlier try may have spoken about it.
    """
    shop = entered_shop(session)
    may_have_left = select(Message.id).where(
        Message.shop_id == shop, Message.id == message_id, Message.state == MessageState.UNKNOWN
    )
    session.execute(
        delete(MessageItem).where(
            MessageItem.shop_id == shop, MessageItem.message_id == message_id, ~may_have_left.exists()
        )
    )
    session.execute(
        delete(Attempt).where(
            Attempt.shop_id == shop, Attempt.message_id == message_id, Attempt.state == AttemptState.PREPARED
        )
    )
    tried = select(Attempt.id).where(Attempt.shop_id == shop, Attempt.message_id == Message.id).exists()
    session.execute(
        delete(Message).where(
            Message.shop_id == shop, Message.id == message_id, Message.state == MessageState.PLANNED, ~tried
        )
    )
