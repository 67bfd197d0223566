"""Grade the hits that came in and append them to their messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.runtime import Runtime
from app.kit.work import enter_shop, unit_of_work
from app.messages import links
from app.messages.grade import Grade, Hit, grade
from app.messages.links import Purpose
from app.messages.models import HitInbox, Message, MessageEvent, TrackedLink

BATCH = 200

PURPOSES = {"open": (Purpose.OPEN,), "click": (Purpose.CLICK,), "page": (Purpose.REVIEW, Purpose.BUY_AGAIN)}


def waiting(session: Session) -> bool:
    """Tell whether any hit has not been graded."""
    return session.scalar(select(HitInbox.id).where(HitInbox.applied_at.is_(None)).limit(1)) is not None


def apply_hits(runtime: Runtime) -> int:
    """Grade waiting hits, a batch a transaction; return how many were looked at."""
    done = 0
    while count := _batch(runtime):
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
        by_shop: dict[int, list[tuple[HitInbox, str]]] = defaultdict(list)
        for row in rows:
            found = _read(runtime, row)
            if found is not None:
                by_shop[found.shop_id].append((row, found.public_id))
        for shop_id, hits in sorted(by_shop.items()):
            enter_shop(session, shop_id)
            _apply(session, shop_id, hits)
            session.flush()
        if rows:
            ids = [row.id for row in rows]
            session.execute(update(HitInbox).where(HitInbox.id.in_(ids)).values(applied_at=business_now(session)))
    return len(rows)


def _read(runtime: Runtime, row: HitInbox) -> links.Linked | None:
    for purpose in PURPOSES.get(row.kind, ()):
        found = links.read(runtime.config, purpose, row.token)
        if found is not None:
            return found
    return None


def _apply(session: Session, shop_id: int, hits: Sequence[tuple[HitInbox, str]]) -> None:
    messages: dict[int, Message] = {}
    for row, public_id in hits:
        message, target = _message(session, shop_id, row.kind, public_id)
        if message is None:
            continue
        messages[message.id] = message
        values = {
            "shop_id": shop_id,
            "message_id": message.id,
            "kind": row.kind,
            "grade": Grade.LIKELY,
            "target": target,
            "source_key": f"{row.id}:{row.traits.get('method', '')}:{row.traits.get('agent', '')}",
            "happened_at": row.happened_at,
        }
        session.execute(insert(MessageEvent).values(values).on_conflict_do_nothing())
    for message in messages.values():
        _grade_anew(session, message)


def _message(session: Session, shop_id: int, kind: str, public_id: str) -> tuple[Message | None, str | None]:
    if kind != "click":
        query = select(Message).where(Message.shop_id == shop_id, Message.public_id == public_id)
        return session.scalars(query).one_or_none(), None
    row = session.execute(
        select(Message, TrackedLink.purpose)
        .join(TrackedLink, (TrackedLink.shop_id == Message.shop_id) & (TrackedLink.message_id == Message.id))
        .where(TrackedLink.shop_id == shop_id, TrackedLink.public_id == public_id)
    ).first()
    return (row[0], row[1]) if row else (None, None)


def _grade_anew(session: Session, message: Message) -> None:
    """Grade every hit of a message: the third link opened in a second makes machines of the first two as well."""
    events = session.scalars(
        select(MessageEvent).where(
            MessageEvent.shop_id == message.shop_id,
            MessageEvent.message_id == message.id,
            MessageEvent.kind.in_(PURPOSES),
        )
    ).all()
    hits = {event.id: _hit(event) for event in events}
    for event in events:
        event.grade = grade(hits[event.id], list(hits.values()), message.accepted_at)


def _hit(event: MessageEvent) -> Hit:
    key, method, agent = event.source_key.split(":", 2)
    return Hit(key, event.kind, f"{event.kind}:{event.target}", method, agent, event.happened_at)
