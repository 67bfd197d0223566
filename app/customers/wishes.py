"""Read what people chose to hear about: of several choices about one topic the latest holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Preference
from app.customers.wish_topics import EVERYTHING
from app.kit.among import among
from app.kit.work import entered_shop


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hold what a person chose: topics off, off altogether since when, paused until when (UTC, perhaps past).

    Only everything optional at once can be paused; the last choice about it is either off or paused, or neither.
    """

    topics_off: frozenset[str] = frozenset()
    off_since: datetime | None = None
    paused_until: datetime | None = None


def wishes(session: Session, customer_ids: Sequence[int]) -> dict[int, Wishes]:
    """Return what each of these customers chose; the empty `Wishes` for who never chose anything."""
    rows = session.scalars(
        select(Preference)
        .where(Preference.shop_id == entered_shop(session), among(Preference.customer_id, customer_ids))
        .order_by(Preference.happened_at, Preference.id)
    )
    latest: dict[int, dict[str, Preference]] = {each: {} for each in customer_ids}
    for row in rows:
        latest[row.customer_id][row.topic] = row
    return {customer_id: _wishes(chosen) for customer_id, chosen in latest.items()}


def _wishes(chosen: dict[str, Preference]) -> Wishes:
    everything = chosen.get(EVERYTHING)
    return Wishes(
        topics_off=frozenset(topic for topic, row in chosen.items() if row.value == "off" and topic != EVERYTHING),
        off_since=everything.happened_at if everything and everything.value == "off" else None,
        paused_until=everything.until if everything and everything.value == "paused" else None,
    )
