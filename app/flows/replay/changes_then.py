"""Carry out what happens to runs beside the news of their order: an erased person, an order more, another calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from app.flows.facts.calendars import CalendarSetting, Whereabouts
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.changed.replanned import PENDING, moved, put
from app.flows.planning.record_decision import finish
from app.flows.planning.schedule import beside, moments, row_seed
from app.flows.replay.history.by_hand import ByHand
from app.flows.replay.history.past import Changed, OrderPast, Past
from app.flows.replay.history.then import OrderThen
from app.flows.replay.runs_then import parcel_then
from app.flows.replay.saying import Saying
from app.flows.rules.reasons import Reason
from app.flows.timing.plan import plan
from app.flows.timing.recipient_zone import RecipientZone

# An order, and what was learned of it or decided by hand about a message of it; None where its buyer was erased.
News = tuple[int, Changed | ByHand | None]


def news(past: Past, orders: Iterable[OrderPast]) -> Iterator[tuple[datetime, News | None]]:
    """Yield what was learned and when; None where the shop saved another calendar.

    A review changes nothing of an order, but makes its runs look again.
    """
    for at, section, _ in past.settings:
        if section == CalendarSetting.SECTION:
            yield at, None
    for one in orders:
        for deed in past.by_hand.get(one.order.id, ()):
            yield deed.at, (one.order.id, deed)
        for at, changed in one.learned:
            yield at, (one.order.id, changed)
        for review in one.reviews:
            for at in {review.submitted_at, review.published_at or review.submitted_at}:
                yield at, (one.order.id, {})
        customer = past.customers.get(one.order.customer_id or 0)
        if customer is not None and customer.erased_at is not None:
            yield customer.erased_at, (one.order.id, None)


def erase(runs: Iterable[Enrollment], rows: Mapping[int, Mapping[str, FollowUp]], now: datetime) -> None:
    """End an erased person's runs, and leave out what they had planned."""
    for run in runs:
        run.ended_at = run.ended_at or now
        for row in rows.get(run.id, {}).values():
            if row.state is not FollowUpState.DONE:
                finish(row, Reason.ERASED, now)


def let_go(sayings: Iterable[Saying], now: datetime) -> Iterator[FollowUp]:
    """Make due what an open return held up; yield it."""
    for each in sayings:
        row = each.row
        if row.state is FollowUpState.SCHEDULED and row.reason == Reason.RETURN_OPEN and row.due_at > now:
            row.due_at, row.postponed_until = now, None
            yield row


def waiting_for(
    then: OrderThen, orders: Iterable[OrderThen], runs: Mapping[int, Collection[Enrollment]], now: datetime
) -> Iterator[Enrollment]:
    """Yield runs of the same person's earlier orders that wait: what they wait for may be this order."""
    mine = then.order
    for other in orders:
        if mine.customer_id is not None and other.order.customer_id == mine.customer_id and other.order.id < mine.id:
            for run in runs.get(other.order.id, ()):
                if run.ended_at is None and run.look_at is not None and run.look_at > now:
                    yield run


def retime(
    sayings: Iterable[Saying],
    runs: Collection[Enrollment],
    places: Whereabouts,
    zone: RecipientZone,
    now: datetime,
) -> Iterator[FollowUp]:
    """Put one order's planned rows where another calendar says, as saving it does; yield them."""
    for each in sayings:
        row, run, then = each.row, each.run, each.then
        if row.state not in PENDING or row.again_at is not None:
            continue
        others = beside(run, [one for one in runs if one.ended_at is None], then.parcels)
        known = moments(then.order, parcel_then(run, then), others, run=run, previous_at=row.anchor_at)
        calendar = places.to_plan(then.order, each.step, now)
        planned = plan(each.step, known, zone, seed=row_seed(run, row.step), now=now, calendar=calendar)
        move = moved(row, planned, now)
        if move is not None:
            put(move)
            yield row
