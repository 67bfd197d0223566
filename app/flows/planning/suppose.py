"""Suppose runs that are not stored, to ask what they would say: the same plan and the same facts as for real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.flows.facts.calendars import whereabouts
from app.flows.facts.gather import Gathered, Run, gather_runs
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Step, Subject
from app.flows.models import Enrollment, Flow, FollowUp
from app.flows.planning.enrol import run_values
from app.flows.planning.schedule import moments, new_row, row_seed
from app.flows.rules.decision import FlowFacts, Ruling, ShopFacts
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.flows.timing.plan import plan
from app.orders.models import Order
from app.orders.parcels import Fulfillment

LONG_AFTER: Final = timedelta(days=200)  # longer than any delay, latest day and age a step may have together


@dataclass(frozen=True, slots=True)
class Wanted:
    """Name one message to suppose: a step, about an order or about one parcel of it."""

    flow: Flow
    step: Step
    order: Order
    parcel: Fulfillment | None
    started_at: datetime | None = None  # what would start the run, where that is not the subject's own beginning


@dataclass(frozen=True, slots=True)
class Supposed:
    """Hold what a message would be, and what would be decided about it when it is due."""

    gathered: Gathered
    verdict: Ruling


def suppose(
    session: Session,
    wanted: Sequence[Wanted],
    zone: str,
    now: datetime,
    unstored: Mapping[tuple[int, int], FlowDocument] | None = None,
) -> list[Supposed]:
    """Return what each wanted message would be if its flow ran now; those that would not be planned are left out.

    `zone` is the shop's IANA zone; `unstored` are documents of flows that are themselves only supposed, by id and
    version. Stores nothing.
    """
    runs: list[Run] = []
    places = whereabouts(session, zone)
    for one in wanted:
        run = _run(one)
        where, calendar = places.zone(one.order), places.to_plan(one.order, one.step, now)
        seed = row_seed(run, one.step.key)
        known = moments(one.order, one.parcel)
        if one.started_at is not None:
            known = replace(known, started_at=one.started_at, previous_at=one.started_at)
        planned = plan(one.step, known, where, seed=seed, now=now, calendar=calendar)
        if planned is not None:
            row = new_row(run, one.step.key, planned)
            row.id = -1 - len(runs)
            runs.append((row, run, one.order, one.flow))
    steps = {one.step.key: one.step for one in wanted}
    return [_judged(one, steps[one.step.key], now) for one in gather_runs(session, runs, unstored)]


def suppose_whenever(session: Session, one: Wanted, now: datetime) -> Supposed:
    """Return what one message would be whenever it is due: to look at the mail, not at its time.

    Decided about as of long after, so that only what will not pass by itself stands in its way.
    """
    run, later = _run(one), now + LONG_AFTER
    row = FollowUp(
        id=-1,
        shop_id=run.shop_id,
        enrollment_id=0,
        order_id=run.order_id,
        step=one.step.key,
        due_at=later,
        expires_at=later + one.step.max_age,
        anchor_at=now,
        provisional=False,
    )
    (found,) = gather_runs(session, [(row, run, one.order, one.flow)])
    return _judged(found, one.step, now)


def _judged(one: Gathered, step: Step, now: datetime) -> Supposed:
    """Decide about a message at its due time as if the flow ran and nothing were paused."""
    facts = replace(one.facts, step=step, shop=ShopFacts(), flow=FlowFacts(step_state=step.state))
    verdict = decide(facts, Limits(), max(now, facts.follow_up.due_at))
    return Supposed(replace(one, step=step, facts=facts), verdict)


def _run(one: Wanted) -> Enrollment:
    kind, subject = (Subject.ORDER, one.order.id) if one.parcel is None else (Subject.FULFILLMENT, one.parcel.id)
    return Enrollment(id=0, frozen={"locale": one.order.locale}, **run_values(one.flow, one.order, kind, subject))
