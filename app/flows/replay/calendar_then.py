"""Say of a replay's orders what the calendar starts, and when it is looked at: as the hourly look of production does.

Orders are those known at the instant, of one person or of several who share an address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from app.flows.language.happenings import Event
from app.flows.models import Enrollment
from app.flows.replay.facts_then import zone_then
from app.flows.replay.history.past import FlowPast, Past
from app.flows.replay.history.then import OrderThen
from app.flows.runs.by_calendar import WATCHED, Dated, called_for, next_at
from app.flows.runs.triggers import UNPAID, Occasion
from app.orders.models import Order

Started = tuple[FlowPast, OrderThen, Occasion]


def is_watched(flow: FlowPast) -> bool:
    """Say whether any version of a flow that was ever switched on is started by the calendar."""
    return flow.flow.started_at is not None and any(each.trigger.on in WATCHED for _, _, each in flow.versions)


def started_by_calendar(
    past: Past, orders: Collection[OrderThen], runs: Mapping[int, Collection[Enrollment]], now: datetime
) -> Iterator[Started]:
    """Yield what a look at the calendar starts: each flow's occasions, of whichever order they count from."""
    for flow in filter(is_watched, past.flows):
        _, document = flow.at(now)
        if flow.flow.started_at is None or flow.flow.started_at > now or document.trigger.on not in WATCHED:
            continue
        for then in orders:
            dated = _dated(past, then, now)
            if dated is None or not _counts_from(then, orders, document.trigger.on):
                continue
            occasion = called_for(document, dated, flow.flow.include_from, now)
            if occasion is not None and not _has_run(flow, occasion, runs.values()):
                yield flow, then, occasion


def looked_at(past: Past, orders: Iterable[OrderThen], now: datetime) -> Iterator[datetime]:
    """Yield when the calendar may next start something: by any version, and when a flow is switched on."""
    for flow in filter(is_watched, past.flows):
        started = flow.flow.started_at
        if started is not None and started > now:
            yield started
        for then in orders:
            dated = _dated(past, then, now)
            if dated is None:
                continue
            for _, _, document in flow.versions:
                at = next_at(document, dated, now) if document.trigger.on in WATCHED else None
                if at is not None:
                    yield at


def _dated(past: Past, then: OrderThen, now: datetime) -> Dated | None:
    order = then.order
    if order.customer_id is None:
        return None
    zone = zone_then(past.settings_then(now).places, then).zone
    return Dated(order.id, order.customer_id, order.placed_at, zone)


def _counts_from(then: OrderThen, orders: Iterable[OrderThen], event: Event) -> bool:
    """Say whether an order is the last of its buyer, or the first, among those that count."""
    mine = then.order
    if not _counts(mine) or mine.financial_status in UNPAID:
        return False
    placed = [
        each.order.placed_at for each in orders if each.order.customer_id == mine.customer_id and _counts(each.order)
    ]
    return mine.placed_at == (max(placed) if event is Event.DAYS_WITHOUT_ORDER else min(placed))


def _counts(order: Order) -> bool:
    return order.cancelled_at is None and order.deleted_at is None and not order.is_test


def _has_run(flow: FlowPast, occasion: Occasion, runs: Iterable[Collection[Enrollment]]) -> bool:
    wanted = (flow.flow.id, occasion.subject, occasion.subject_id, occasion.occurrence)
    return any(
        (run.flow_id, run.subject_kind, run.subject_id, run.occurrence) == wanted for every in runs for run in every
    )
