"""Start the flows: what would be sent to whom is computed before, and again when the merchant says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.wish_topics import Topic
from app.experiments import expose
from app.flows.facts import published
from app.flows.language.flow import FlowDocument, change_sends
from app.flows.language.presets import PRESET_FLOWS
from app.flows.language.steps import StepState, Subject
from app.flows.models import Flow, FlowState, FollowUp, FollowUpState
from app.flows.planning.by_hand import on_the_road
from app.flows.planning.by_hand.pause import lock_shop, resume
from app.flows.planning.by_hand.release import OnResume, release
from app.flows.planning.changed.come_back import leave_out_older
from app.flows.planning.enrol import enrol_parcel
from app.flows.planning.publishing.publish import publish
from app.flows.planning.record_decision import finish
from app.flows.planning.schedule import replan
from app.flows.planning.suppose import Supposed, Wanted, suppose
from app.flows.rules.decision import Send
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.messages.mail.preset_list import PRESETS
from app.orders.parcels import Fulfillment
from app.shops.zone import zone_name

HELD_BY_STOP = (Reason.FLOW_PAUSED, Reason.SHOP_UNINSTALLED)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a merchant answers before starting."""

    shopify_sends_shipping_mails: bool = True
    include_on_the_road: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What starting would do for orders already on their way: `messages` in the order they would go."""

    orders: int
    messages: tuple[Supposed, ...]


def offer(session: Session, choice: Choice) -> Offer:
    """Return what including the orders on their way would send, and what it would leave out and why."""
    now = business_now(session)
    zone = zone_name(session)
    found = on_the_road.parcels(session, now)
    wanted = [
        Wanted(flow, step, order, parcel)
        for flow, document in _chosen(session, choice)
        if document.subject is Subject.FULFILLMENT
        for parcel, order in found
        for step in document.sends
    ]
    supposed = [each for each in suppose(session, wanted, zone, now) if each.gathered.facts.follow_up.expires_at > now]
    supposed.sort(key=lambda each: (not isinstance(each.verdict, Send), each.gathered.facts.follow_up.due_at))
    return Offer(len({order.id for _, order in found}), tuple(supposed))


def start(session: Session, choice: Choice, *, by: str) -> bool:
    """Start the flows for orders placed from now and, where chosen, for parcels on their way; once.

    Returns False where they run already: a second press, or another tab, changes nothing.
    """
    lock_shop(session)
    session.execute(select(Flow.id).where(Flow.shop_id == entered_shop(session)).order_by(Flow.id).with_for_update())
    session.expire_all()
    now = business_now(session)
    chosen = _chosen(session, choice)
    if all(flow.state is FlowState.RUNNING and flow.started_at is not None for flow, _ in chosen):
        return False
    anew = [flow.id for flow, _ in chosen if flow.started_at is None]
    for flow, document in chosen:
        if document != published.current(session)[flow.key][1]:
            publish(session, flow, document, by=by, now=now)
        flow.state, flow.paused_at, flow.paused_by = FlowState.RUNNING, None, None
        flow.started_at = flow.include_from = now
    for preset in PRESETS.values():
        if preset.arms:
            expose.start(session, preset.name, preset.arms, now)
    session.flush()
    taken_in = {parcel.id for parcel, _ in on_the_road.parcels(session, now)} if choice.include_on_the_road else set()
    leave_out_older(session, anew, taken_in, now)
    resume(session, OnResume.DROP_LATE, by=by)
    release(session, HELD_BY_STOP, OnResume.DROP_LATE, now, by=by)
    if choice.include_on_the_road:
        _take_in(session, now)
    return True


def first_due(session: Session) -> FollowUp | None:
    """Return what goes out next, None where nothing is planned; what waits for an arrival comes after all dates."""
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.state == FollowUpState.SCHEDULED)
        .order_by(FollowUp.provisional, FollowUp.due_at, FollowUp.id)
        .limit(1)
    ).one_or_none()


def _chosen(session: Session, choice: Choice) -> list[tuple[Flow, FlowDocument]]:
    """Return the flows with their documents as the answer about Shopify's own mails makes them."""
    news = StepState.LEFT_TO_SHOPIFY if choice.shopify_sends_shipping_mails else StepState.ON
    return [
        (
            flow,
            change_sends(document, lambda step: replace(step, state=news) if step.topic is Topic.SHIPPING else step),
        )
        for key, (flow, document) in published.current(session).items()
        if key in PRESET_FLOWS
    ]


def _is_of_parcels(key: str, document: FlowDocument) -> bool:
    return key in PRESET_FLOWS and document.subject is Subject.FULFILLMENT


def _take_in(session: Session, now: datetime) -> None:
    """Enrol the parcels on their way; what would be too old at once is left out, and says so."""
    flows = [each for key, each in published.current(session).items() if _is_of_parcels(key, each[1])]
    orders = {}
    for parcel, order in on_the_road.parcels(session, now):
        orders[order.id] = order
        for flow, document in flows:
            enrol_parcel(session, flow, document, order, parcel)
    for order in orders.values():
        of_order = select(Fulfillment).where(Fulfillment.shop_id == order.shop_id, Fulfillment.order_id == order.id)
        replan(session, order, list(session.scalars(of_order)))
    gone = session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.order_id.in_(orders))
        .where(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.expires_at <= now)
        .with_for_update()
    )
    for row in gone:
        finish(row, Reason.BEFORE_START, now)
    session.flush()
