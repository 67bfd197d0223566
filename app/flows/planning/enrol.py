"""Take what happens into flows: one run per flow, subject and occurrence, whoever tells of it and however often.

A trigger's filter is asked once. Where it does not hold the run is kept all the same, ended at once with what was
found: asked again later it could answer otherwise, and nobody could say why the flow never spoke.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers import consent
from app.flows.facts.standing.known import About, known
from app.flows.facts.standing.story import PLAIN, plain_story, stories
from app.flows.language.conditions.judge import asked, judge
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Event
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow
from app.flows.planning.around import Runs
from app.flows.runs.path import Taken, path_json
from app.flows.runs.triggers import UNPAID, Occasion, Story, admits, occasions
from app.kit.clock import business_now
from app.orders.models import Order
from app.orders.parcels import Fulfillment

FILTERED: Final = "filtered"


def enrol(
    session: Session,
    flows: Iterable[tuple[Flow, FlowDocument]],
    runs: Runs,
    order: Order,
    parcels: list[Fulfillment],
) -> None:
    """Start the runs flows should have of an order as it stands now, beside those it has."""
    wanted = [
        (flow, document)
        for flow, document in flows
        if flow.started_at is not None and flow.include_from is not None and order.deleted_at is None
    ]
    if not wanted:
        return
    plain = {document.trigger.on for _, document in wanted} <= PLAIN
    story = plain_story(order, parcels) if plain else stories(session, [order])[order.id]
    told = occasions(story)
    by_id = {parcel.id: parcel for parcel in parcels}
    for flow, document in wanted:
        for each in told:
            if (flow.id, each.subject, each.subject_id) not in runs and admitted(flow, document, each, story, runs):
                start_run(session, flow, document, order, each, by_id.get(each.subject_id))


def takes(flow: Flow, order: Order) -> bool:
    """Tell whether a flow takes on this order now: it has started, and the order is not from before it."""
    return (
        flow.started_at is not None
        and flow.include_from is not None
        and order.placed_at >= flow.include_from
        and order.deleted_at is None
        and order.financial_status not in UNPAID
    )


def enrol_parcel(session: Session, flow: Flow, document: FlowDocument, order: Order, parcel: Fulfillment) -> None:
    """Start one parcel's run of a flow, once."""
    shipped = Occasion(Event.SHIPPED, Subject.FULFILLMENT, parcel.id, parcel.shipped_at)
    start_run(session, flow, document, order, shipped, parcel)


def start_run(
    session: Session,
    flow: Flow,
    document: FlowDocument,
    order: Order,
    occasion: Occasion,
    parcel: Fulfillment | None = None,
) -> None:
    """Start a run, once; where the trigger's filter does not hold, keep that it was asked and what was found.

    Who tells of what may have started a run before looks first: the filter is asked once.
    """
    condition = document.trigger.condition
    values = run_values(flow, order, occasion.subject, occasion.subject_id)
    values |= {"occurrence": occasion.occurrence, "started_at": occasion.at}
    if condition is not None:
        now = business_now(session)
        facts = known(session, [About(0, order, parcel)], asked(condition), now)[0]
        answer = judge(condition, facts)
        because = tuple(each.as_json() for each in answer.findings)
        if not answer.holds:
            refused = Taken("trigger", FILTERED, occasion.at, now, because)
            values |= {"ended_at": now, "ended_reason": FILTERED, "path": path_json([refused])}
    frozen = freeze(session, order)
    values |= {"frozen": frozen, "entered_at": business_now(session)}
    session.execute(insert(Enrollment).values(values).on_conflict_do_nothing())


def run_values(flow: Flow, order: Order, kind: Subject, subject_id: int) -> dict[str, Any]:
    """Return what makes a run: which flow in which version, and what it is about."""
    return {
        "shop_id": order.shop_id,
        "flow_id": flow.id,
        "version": flow.version,
        "subject_kind": kind,
        "subject_id": subject_id,
        "order_id": order.id,
        "customer_id": order.customer_id,
    }


def freeze(session: Session, order: Order) -> dict[str, Any]:
    """Return what a run keeps as it was at entry."""
    agreed = consent.current(session, [order.customer_id]) if order.customer_id else {}
    return {
        "order_name": order.name,
        "locale": order.locale,
        "country": order.country,
        "province": order.province,
        "consent": agreed.get(order.customer_id) if order.customer_id else None,
    }


def admitted(flow: Flow, document: FlowDocument, occasion: Occasion, story: Story, runs: Runs) -> bool:
    """Say whether a flow takes an occasion in, given the runs the order has."""
    event = document.trigger.on
    if flow.include_from is not None and admits(event, occasion, story, include_from=flow.include_from):
        return True
    # The merchant took an older order in by hand: what is sent of it since belongs to it, what was sent before not.
    by_hand = any(flow_id == flow.id and reason != FILTERED for (flow_id, _, _), reason in runs.items())
    sent_since = flow.started_at is not None and occasion.at >= flow.started_at
    return by_hand and sent_since and event is occasion.event is Event.SHIPPED
