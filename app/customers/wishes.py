"""Read what people chose to hear about: of several choices about one topic the latest holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Preference
from app.customers.wish_topics import EVERYTHING, FREQUENCY, PRODUCT, AtMost, Topic
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop

OFF: Final = "all off"  # everything optional is switched off, or on
PAUSE: Final = "all paused"  # everything optional waits until a day, or goes on


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hold what a person chose: topics off, off altogether since when, paused until when (UTC, perhaps past).

    `at_most` bounds how often anything optional comes; `muted` are Shopify's ids of products to hear nothing more of.
    Only everything optional at once can be paused.
    """

    topics_off: frozenset[str] = frozenset()
    off_since: datetime | None = None
    paused_until: datetime | None = None
    paused_by: str | None = None  # a Source
    paused_by_whom: str | None = None  # who at the shop, where a merchant did
    at_most: AtMost = AtMost.EVERYTHING
    muted: frozenset[int] = frozenset()


Choices = dict[tuple[str, int | None], Preference]


CHOSEN: Final = Question(
    select(Preference.__table__)
    .where(Preference.shop_id == SHOP, one_of(Preference.customer_id, "people"))
    .order_by(Preference.happened_at, Preference.id)
)


def wishes(session: Session, customer_ids: Sequence[int]) -> dict[int, Wishes]:
    """Return what each of these customers chose; the empty `Wishes` for who never chose anything."""
    (rows,) = ask(session, (CHOSEN, {"people": customer_ids}))
    return of_each(rows, customer_ids)


def of_each(rows: Iterable[Preference], customer_ids: Iterable[int]) -> dict[int, Wishes]:
    """Return the same from the choices read, the oldest first."""
    found: dict[int, Choices] = {each: {} for each in customer_ids}
    for row in rows:
        _take(found[row.customer_id], row)
    return {customer_id: _wishes(chosen) for customer_id, chosen in found.items()}


def latest(session: Session, customer_id: int) -> list[Preference]:
    """Return the choices of a customer that hold, the oldest first."""
    held = {row.id: row for row in _latest(session, [customer_id])[customer_id].values()}
    return sorted(held.values(), key=lambda row: (row.happened_at, row.id))


def _latest(session: Session, customer_ids: Sequence[int]) -> dict[int, Choices]:
    rows = session.scalars(
        select(Preference)
        .where(Preference.shop_id == entered_shop(session), among(Preference.customer_id, customer_ids))
        .order_by(Preference.happened_at, Preference.id)
    )
    found: dict[int, Choices] = {each: {} for each in customer_ids}
    for row in rows:
        _take(found[row.customer_id], row)
    return found


def reduced(rows: Iterable[Preference]) -> Wishes:
    """Return what one person's choices, the oldest first, come to."""
    chosen: Choices = {}
    for row in rows:
        _take(chosen, row)
    return _wishes(chosen)


def _take(chosen: Choices, row: Preference) -> None:
    for facet in _facets(row):
        chosen[facet, row.product_shopify_id] = row


def _facets(row: Preference) -> tuple[str, ...]:
    """Return what a choice is about: an unsubscribe and a pause do not end each other, "on" ends both."""
    if row.topic != EVERYTHING:
        return (row.topic,)
    return {"off": (OFF,), "paused": (PAUSE,), "resumed": (PAUSE,)}.get(row.value, (OFF, PAUSE))


def _wishes(chosen: Choices) -> Wishes:
    off, pause, often = (chosen.get((facet, None)) for facet in (OFF, PAUSE, FREQUENCY))
    topics = {topic for (topic, product), row in chosen.items() if product is None and row.value == "off"}
    return Wishes(
        topics_off=frozenset(topics & set(Topic)),
        off_since=off.happened_at if off and off.value == "off" else None,
        paused_until=pause.until if pause and pause.value == "paused" else None,
        paused_by=pause.source if pause and pause.value == "paused" else None,
        paused_by_whom=pause.done_by if pause and pause.value == "paused" else None,
        at_most=AtMost(often.value) if often else AtMost.EVERYTHING,
        muted=frozenset(
            product
            for (topic, product), row in chosen.items()
            if topic == PRODUCT and product is not None and row.value == "off"
        ),
    )
