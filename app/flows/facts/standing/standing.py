"""Read how things stand with runs whose flows ask: what is known, what has happened, which arms were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.experiments.models import Experiment, Exposure
from app.flows.facts.standing.known import About, known, order_history
from app.flows.facts.standing.story import stories
from app.flows.language.conditions.facts import Fact
from app.flows.language.conditions.judge import asked
from app.flows.language.flow import Branch, FlowDocument, Split, WaitUntil, nodes
from app.flows.language.happenings import Happening, Moment
from app.flows.models import Enrollment
from app.flows.runs.advance import Person, Row, Standing
from app.flows.runs.anniversaries import anniversary, years_passed
from app.flows.runs.triggers import Story, first_happened
from app.flows.timing.recipient_zone import recipient_zone
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.reviews.models import Review
from app.shops.zone import zone_name

FIRST: Final = Moment.FIRST_ORDER_ANNIVERSARY
REVIEWED: Final = Question(
    select(Review.order_id, func.min(Review.submitted_at).label("at"))
    .where(Review.shop_id == SHOP, one_of(Review.order_id, "orders"))
    .group_by(Review.order_id)
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run, with what it is about and what is planned of it. `parcel` where it is about one."""

    enrollment: Enrollment
    order: Order
    parcel: Fulfillment | None
    document: FlowDocument
    rows: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Needs:
    """Say what a flow has to know on its way."""

    facts: frozenset[Fact] = frozenset()
    events: bool = False
    dates: bool = False
    arms: frozenset[str] = frozenset()


def needs(flow: FlowDocument) -> Needs:
    """Return what following a flow takes; nothing for one without forks, waits for events, exits and goal."""
    every = list(nodes(flow.steps))
    facts = [asked(each.condition) for each in every if isinstance(each, Branch)]
    waits = [each for each in every if isinstance(each, WaitUntil)]
    return Needs(
        facts=frozenset().union(*facts, asked(flow.exit.condition)),
        events=bool(flow.exit.on or flow.goal) or any(each.event is not None for each in waits),
        dates=any(each.date is not None for each in waits),
        arms=frozenset(each.experiment for each in every if isinstance(each, Split)),
    )


def started_at(run: Enrollment, order: Order, parcel: Fulfillment | None) -> datetime:
    """Return what a run counts from; runs from before triggers were kept count from their subject."""
    return run.started_at or (parcel.shipped_at if parcel is not None else order.placed_at)


def standings(session: Session, runs: Sequence[Run], now: datetime) -> list[Standing]:
    """Return how things stand with each run, in the order given: what no flow of them asks is not read."""
    want = [needs(run.document) for run in runs]
    facts = frozenset().union(*(each.facts for each in want))
    about = [About(place, run.order, run.parcel) for place, run in enumerate(runs)]
    told = known(session, about, facts, now)
    asking = [run.order for run, each in zip(runs, want, strict=True) if each.events]
    tales, again, reviewed = stories(session, asking), ordered_again(session, asking), _reviewed(session, asking)
    dating = [run.order for run, each in zip(runs, want, strict=True) if each.dates]
    firsts = order_history(session, sorted({each.customer_id for each in dating if each.customer_id is not None}))
    arms = _arms(session, runs, frozenset().union(*(each.arms for each in want)))
    found = []
    for place, (run, each) in enumerate(zip(runs, want, strict=True)):
        person, order = run.order.customer_id, run.order
        zone = recipient_zone(order.country, order.province, zone_name(session), order.zip).zone
        began = started_at(run.enrollment, order, run.parcel)
        first = firsts[person].at[0] if person in firsts else None
        found.append(
            Standing(
                started_at=began,
                person=Person(order.shop_id, person or -order.id, arms.get(person or 0, {})),
                zone=zone,
                known=told[place],
                happened=_happened(run, tales[order.id], again.get(order.id), reviewed.get(order.id))
                if each.events
                else {},
                dates=dates(run.parcel, first, began, zone) if each.dates else {},
                rows=run.rows,
            )
        )
    return found


def _happened(
    run: Run, story: Story, again: datetime | None, reviewed: datetime | None
) -> Mapping[Happening, datetime]:
    parcel = run.parcel.id if run.parcel is not None else None
    return first_happened(story, parcel_id=parcel, ordered_again_at=again, reviewed_at=reviewed)


def dates(
    parcel: Fulfillment | None, first: datetime | None, began: datetime, zone: ZoneInfo
) -> Mapping[Moment, datetime]:
    """Return the dates a run can wait for: of its parcel, and of the person's `first` order."""
    found = {}
    if parcel is not None and parcel.estimated_delivery_at is not None:
        found[Moment.EXPECTED_DELIVERY] = parcel.estimated_delivery_at
    if first is not None:
        found[FIRST] = anniversary(first, years_passed(first, began, zone) + 1, zone)
    return found


def ordered_again(session: Session, orders: Sequence[Order]) -> dict[int, datetime]:
    """Return when the same person next ordered, by order."""
    history = order_history(session, sorted({each.customer_id for each in orders if each.customer_id is not None}))
    found = {}
    for order in orders:
        placed = history.get(order.customer_id or 0)
        later = [at for at in placed.at if at > order.placed_at] if placed else []
        if later:
            found[order.id] = later[0]
    return found


def _reviewed(session: Session, orders: Sequence[Order]) -> dict[int, datetime]:
    (rows,) = ask(session, (REVIEWED, {"orders": [order.id for order in orders]}))
    return {row.order_id: row.at for row in rows}


def _arms(session: Session, runs: Sequence[Run], experiments: frozenset[str]) -> dict[int, dict[str, str]]:
    people = sorted({run.order.customer_id for run in runs if run.order.customer_id is not None})
    if not experiments or not people:
        return {}
    rows = session.execute(
        select(Exposure.customer_id, Experiment.key, Exposure.arm)
        .join(Experiment, (Experiment.shop_id == Exposure.shop_id) & (Experiment.id == Exposure.experiment_id))
        .where(
            Exposure.shop_id == entered_shop(session),
            among(Exposure.customer_id, people),
            Experiment.key.in_(experiments),
        )
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.customer_id, {})[row.key] = row.arm
    return found
