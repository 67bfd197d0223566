"""Tell of each flow whether an order is in it, and why where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.facts.standing.story import stories
from app.flows.language.flow import FlowDocument
from app.flows.models import Enrollment, Flow
from app.flows.planning.enrol import FILTERED
from app.flows.runs.entry import outside
from app.flows.runs.path import read_path
from app.flows.runs.triggers import Story
from app.flows.words.day_words import date_words
from app.flows.words.described import entry_words
from app.flows.words.described.way_words import way_words
from app.kit.clock import business_now
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.models import Order
from app.shops.zone import shop_zone


@dataclass(frozen=True, slots=True)
class InFlow:
    """One flow and what an order has to do with it, in a sentence."""

    flow: str
    words: str


def entered(session: Session, orders: Sequence[Order]) -> dict[int, list[InFlow]]:
    """Return it by order for every flow of the shop, in the order they are shown; asked once for all orders."""
    runs = session.scalars(
        select(Enrollment)
        .where(Enrollment.shop_id == entered_shop(session), among(Enrollment.order_id, [each.id for each in orders]))
        .order_by(Enrollment.entered_at, Enrollment.id)
    ).all()
    known, flows = stories(session, orders), published.current(session)
    pinned = published.documents(session, {(run.flow_id, run.version) for run in runs if run.path})
    now, zone = business_now(session), shop_zone(session)
    told: dict[int, list[InFlow]] = {}
    for order in orders:
        told[order.id] = []
        for flow, document in flows.values():
            mine = [run for run in runs if run.flow_id == flow.id and run.order_id == order.id]
            words = _in_it(mine, pinned, zone, now) if mine else _outside(order, flow, document, known[order.id])
            told[order.id].append(InFlow(document.name, words))
    return told


def _in_it(
    mine: Sequence[Enrollment], pinned: Mapping[tuple[int, int], FlowDocument], zone: ZoneInfo, now: datetime
) -> str:
    way = [words for run in mine for words in _way(run, pinned, zone, now)]
    return " ".join([_of_runs(mine, zone, now), *way])


def _outside(order: Order, flow: Flow, document: FlowDocument, story: Story) -> str:
    why = outside(
        document.trigger.on,
        story,
        deleted=order.deleted_at is not None,
        started_at=flow.started_at,
        include_from=flow.include_from,
    )
    return entry_words.outside_words(why, document.trigger.on.value)


def _of_runs(runs: Sequence[Enrollment], zone: ZoneInfo, now: datetime) -> str:
    taken = [run for run in runs if run.ended_reason != FILTERED]
    if not taken:
        found = [_found(each) for run in runs for step in read_path(run.path) for each in step.because]
        return entry_words.FILTERED.format(found="; ".join(found) or "nothing was kept of it")
    over = all(run.ended_at is not None for run in taken)
    since = date_words(taken[0].entered_at, zone, now)
    return (entry_words.ENDED if over else entry_words.RUNNING).format(since=since)


def _way(
    run: Enrollment, pinned: Mapping[tuple[int, int], FlowDocument], zone: ZoneInfo, now: datetime
) -> Sequence[str]:
    """Return which way a run went, by the version it is pinned to."""
    if not run.path or run.ended_reason == FILTERED:
        return ()
    return way_words(read_path(run.path), pinned[run.flow_id, run.version], zone, now)


def _found(finding: object) -> str:
    """Return one comparison that did not hold: "country: GB"."""
    known = finding if isinstance(finding, dict) else {}
    found = known.get("found")
    return f"{str(known.get('fact', '')).replace('_', ' ')}: {'not known' if found is None else found}"
