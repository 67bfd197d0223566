"""Compare a replay of what was with the log of what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.gather_turn import LEFT
from app.flows.replay.report import SAME_TIME, Outcome
from app.kit.work import entered_shop
from app.messages.models import Message, MessageItem

Spoken = tuple[str, str, int]  # step, kind of thing, our id of it
LOOKED_AT: Final = timedelta(hours=1)  # how often the calendar is


@dataclass(frozen=True, slots=True)
class Compared:
    """Hold how many things were spoken about alike, and each that was not with when it was, first really, then not."""

    same: int
    others: tuple[tuple[Spoken, datetime | None, datetime | None], ...]


def left(session: Session, since: datetime) -> dict[Spoken, datetime]:
    """Return what messages have spoken about since then, and when they left."""
    rows = session.execute(
        select(MessageItem.step, MessageItem.item_kind, MessageItem.item_id, Message.sent_at)
        .join(Message, (Message.shop_id == MessageItem.shop_id) & (Message.id == MessageItem.message_id))
        .where(Message.shop_id == entered_shop(session), Message.state.in_(LEFT), Message.sent_at >= since)
    )
    return {(step, kind, number): at for step, kind, number, at in rows if at is not None}


def compared(really: Mapping[Spoken, datetime], replayed: Iterable[Outcome], since: datetime) -> Compared:
    """Return where they agree and where not.

    They do a quarter of an hour apart at most, and an hour more where the calendar started it.
    """
    by_replay = {
        (each.spoken_as, kind, number): each
        for each in replayed
        if each.sent and each.at >= since
        for kind, number in each.items
    }
    found = [(key, really.get(key), by_replay.get(key)) for key in sorted({*really, *by_replay})]
    others = [(key, at, each.at if each is not None else None) for key, at, each in found if not _agree(at, each)]
    return Compared(len(found) - len(others), tuple(others))


def _agree(at: datetime | None, replayed: Outcome | None) -> bool:
    if at is None or replayed is None:
        return False
    return abs(at - replayed.at) <= SAME_TIME + (LOOKED_AT if replayed.dated else timedelta(0))
