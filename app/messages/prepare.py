"""Make the rows of one message before it is written: the message, what it speaks about, and the attempt.

A step speaks once about an item: the unique constraint decides, not a look beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.signing import new_public_id
from app.kit.work import entered_shop
from app.messages.models import Attempt, AttemptState, Message, MessageItem, MessageState


@dataclass(frozen=True, slots=True)
class Item:
    """Name one thing a message speaks about: kind is order_line, order or fulfillment."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold what a message will be, before its words are written. `fence` is the claim's."""

    follow_up_id: int
    order_id: int
    customer_id: int | None
    step: str
    message_class: str
    recipient: str
    locale: str
    arm: str | None
    items: Sequence[Item]
    fence: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Hold the rows of a message that may be written and sent. `items` are those no earlier message spoke about."""

    message_id: int
    public_id: str
    attempt: int
    items: tuple[Item, ...]


def prepare(session: Session, draft: Draft) -> Ready | None:
    """Return the rows for one attempt, or None when everything was already spoken about, or may have been."""
    message = session.scalars(
        select(Message).where(Message.shop_id == entered_shop(session), Message.follow_up_id == draft.follow_up_id),
    ).one_or_none()
    if message is not None and message.state is not MessageState.PLANNED:
        return None
    if message is None:
        message = _make(session, draft)
    items = _items(session, message.id, draft)
    if not items:
        session.delete(message)
        session.flush()
        return None
    return Ready(message.id, message.public_id, _attempt(session, message.id, draft.fence), items)


def _make(session: Session, draft: Draft) -> Message:
    message = Message(
        shop_id=entered_shop(session),
        follow_up_id=draft.follow_up_id,
        order_id=draft.order_id,
        customer_id=draft.customer_id,
        public_id=new_public_id(),
        step=draft.step,
        message_class=draft.message_class,
        recipient=draft.recipient,
        locale=draft.locale,
        arm=draft.arm,
        state=MessageState.PLANNED,
        created_at=business_now(session),
    )
    session.add(message)
    session.flush()
    return message


def _items(session: Session, message_id: int, draft: Draft) -> tuple[Item, ...]:
    shop = entered_shop(session)
    for item in draft.items:
        row = insert(MessageItem).values(
            shop_id=shop, message_id=message_id, item_kind=item.kind, item_id=item.id, step=draft.step
        )
        session.execute(row.on_conflict_do_nothing())
    ours = session.execute(
        select(MessageItem.item_kind, MessageItem.item_id).where(
            MessageItem.shop_id == shop, MessageItem.message_id == message_id
        ),
    )
    kept = {(row.item_kind, row.item_id) for row in ours}
    return tuple(item for item in draft.items if (item.kind, item.id) in kept)


def _attempt(session: Session, message_id: int, fence: int) -> int:
    """Start the next attempt; one left over by a dead worker, never handed off, is closed first."""
    shop = entered_shop(session)
    tries = session.scalars(
        select(Attempt).where(Attempt.shop_id == shop, Attempt.message_id == message_id).order_by(Attempt.n)
    ).all()
    for old in tries:
        if old.state is AttemptState.PREPARED:
            old.state, old.reply = AttemptState.DEFERRED, "The sender stopped before the hand-over."
    n = tries[-1].n + 1 if tries else 1
    session.add(
        Attempt(
            shop_id=shop,
            message_id=message_id,
            n=n,
            state=AttemptState.PREPARED,
            fence=fence,
            started_at=session.scalar(select(func.now())),
        ),
    )
    session.flush()
    return n


def withdraw(session: Session, message_id: int) -> None:
    """Take back a message that is not to be handed off: what it would have spoken about is free again."""
    shop = entered_shop(session)
    session.execute(delete(MessageItem).where(MessageItem.shop_id == shop, MessageItem.message_id == message_id))
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
