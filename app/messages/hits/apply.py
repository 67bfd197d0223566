"""Grade the hits that came in and append them to their messages. Any hit shows that its mail arrived."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.runtime import Runtime
from app.kit.work import enter_shop, unit_of_work
from app.messages.hits.grade import Grade, Opened, grades, is_machine
from app.messages.models import HitInbox, Message, MessageEvent, MessageState, TrackedLink
from app.messages.signed import links
from app.messages.signed.find import is_erased
from app.messages.signed.links import Linked, Purpose

BATCH = 200
RUN_S = 30.0
MOST_KEPT = 200  # per message: who opens a link more often teaches us nothing new

PURPOSES = {"open": (Purpose.OPEN,), "click": (Purpose.CLICK,), "page": (Purpose.REVIEW, Purpose.BUY_AGAIN)}


def waiting(session: Session) -> bool:
    """Tell whether any hit has not been graded."""
    return session.scalar(select(HitInbox.id).where(HitInbox.applied_at.is_(None)).limit(1)) is not None


def apply_hits(runtime: Runtime) -> int:
    """Grade waiting hits, a batch a transaction, for RUN_S at most; return how many were looked at."""
    done, ends_at = 0, time.monotonic() + RUN_S
    while time.monotonic() < ends_at and (count := _batch(runtime)):
        done += count
    return done


def _batch(runtime: Runtime) -> int:
    with unit_of_work(runtime) as session:
        rows = session.scalars(
            select(HitInbox)
            .where(HitInbox.applied_at.is_(None))
            .order_by(HitInbox.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        by_shop: dict[int, list[tuple[HitInbox, Purpose, str]]] = defaultdict(list)
        for row in rows:
            purpose, found = _read(runtime, row)
            if found is not None:
                by_shop[found.shop_id].append((row, purpose, found.public_id))
        for shop_id, hits in sorted(by_shop.items()):
            enter_shop(session, shop_id)
            _apply(session, shop_id, hits)
            session.flush()
        if rows:
            ids = [row.id for row in rows]
            session.execute(update(HitInbox).where(HitInbox.id.in_(ids)).values(applied_at=business_now(session)))
    return len(rows)


def _read(runtime: Runtime, row: HitInbox) -> tuple[Purpose, Linked | None]:
    for purpose in PURPOSES.get(row.kind, ()):
        found = links.read(runtime.config, purpose, row.token)
        if found is not None:
            return purpose, found
    return Purpose.OPEN, None


def _apply(session: Session, shop_id: int, hits: Sequence[tuple[HitInbox, Purpose, str]]) -> None:
    by_message: dict[int, list[MessageEvent]] = defaultdict(list)
    messages: dict[int, Message] = {}
    for row, purpose, public_id in hits:
        message, target = _message(session, shop_id, purpose, public_id)
        if message is not None and not is_erased(session, message):  # a link may be known for a moment longer
            messages[message.id] = message
            by_message[message.id].append(_event(message, row, f"{target}:{row.traits.get('part', '')}"))
    for message_id in sorted(messages):
        _append(session, messages[message_id], by_message[message_id])
    _know_arrived(session, shop_id, messages)


def _know_arrived(session: Session, shop_id: int, messages: Mapping[int, Message]) -> None:
    """Take what may have left for accepted: nobody knows its links, no scanner either, but by having the mail."""
    doubted = sorted(each.id for each in messages.values() if each.state is MessageState.UNKNOWN)
    if doubted:
        session.execute(
            update(Message)
            .where(Message.shop_id == shop_id, Message.id.in_(doubted), Message.state == MessageState.UNKNOWN)
            .values(state=MessageState.ACCEPTED, accepted_at=func.coalesce(Message.sent_at, Message.created_at))
        )


def _message(session: Session, shop_id: int, purpose: Purpose, public_id: str) -> tuple[Message | None, str]:
    if purpose is not Purpose.CLICK:
        query = select(Message).where(Message.shop_id == shop_id, Message.public_id == public_id)
        return session.scalars(query).one_or_none(), purpose.name.lower()
    row = session.execute(
        select(Message, TrackedLink.purpose)
        .join(TrackedLink, (TrackedLink.shop_id == Message.shop_id) & (TrackedLink.message_id == Message.id))
        .where(TrackedLink.shop_id == shop_id, TrackedLink.public_id == public_id)
    ).first()
    return (row[0], row[1]) if row else (None, "")


def _event(message: Message, row: HitInbox, target: str) -> MessageEvent:
    method, agent = str(row.traits.get("method", "")), str(row.traits.get("agent", ""))
    return MessageEvent(
        shop_id=message.shop_id,
        message_id=message.id,
        kind=row.kind,
        grade=Grade.MACHINE if is_machine(method, agent) else Grade.LIKELY,
        target=target.removesuffix(":"),
        source_key=str(row.id),
        happened_at=row.happened_at,
    )


def _append(session: Session, message: Message, new: Sequence[MessageEvent]) -> None:
    """Append hits of one message and grade all of its: the third link makes machines of the two before it."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"hits:{message.shop_id}:{message.id}", 0))
    session.execute(select(lock))
    known = session.scalars(
        select(MessageEvent).where(
            MessageEvent.shop_id == message.shop_id,
            MessageEvent.message_id == message.id,
            MessageEvent.kind.in_(PURPOSES),
        )
    ).all()
    read = {event.source_key for event in known}
    unread = [event for event in new if event.source_key not in read]
    kept = [*known, *unread[: max(0, MOST_KEPT - len(known))]]
    session.add_all(kept[len(known) :])
    opened = [
        Opened(event.kind, f"{event.kind}:{event.target}", event.happened_at, event.grade == Grade.MACHINE)
        for event in kept
    ]
    for event, grade in zip(kept, grades(opened, message.accepted_at or message.created_at), strict=True):
        event.grade = grade
