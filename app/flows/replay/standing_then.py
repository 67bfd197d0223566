"""Say how things stood with a run at an instant: what conditions ask, what had happened, which arms were seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.flows.facts.standing.gather_profile import AGAIN, asks, counts_orders, profile_of
from app.flows.facts.standing.known import OF_LINES, About, Around, Placed, known_of
from app.flows.facts.standing.standing import Needs, dates, started_at
from app.flows.language.conditions.facts import Fact, Known
from app.flows.language.conditions.judge import asked
from app.flows.language.flow import FlowDocument
from app.flows.models import Enrollment
from app.flows.replay.history.past import OrderPast, Past
from app.flows.replay.history.then import OrderThen
from app.flows.replay.runs_then import again_at, happened_to
from app.flows.rules.decision import ProfileFacts
from app.flows.runs.advance import Ended, Person, Row, Standing
from app.flows.timing.recipient_zone import RecipientZone
from app.orders.parcels import Fulfillment


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold one order at an instant, among all that were known of the people it is walked together with."""

    past: Past
    one: OrderPast
    then: OrderThen
    orders: Collection[OrderThen]
    zone: RecipientZone
    now: datetime


def standing_then(
    scene: Scene, run: Enrollment, parcel: Fulfillment | None, need: Needs, rows: Mapping[str, Row]
) -> Standing:
    """Return how things stood with a run; what its flow does not need is left out."""
    then, now = scene.then, scene.now
    began, unit = started_at(run, then.order, parcel), then.order.customer_id
    placed = _placed(scene) if need.dates else None
    return Standing(
        started_at=began,
        person=Person(then.order.shop_id, unit or -then.order.id, scene.past.arms_seen(unit, now)),
        zone=scene.zone.zone,
        known=known_then(scene, parcel, need.facts),
        happened=happened_to(then, scene.one.reviews, parcel, scene.orders, now) if need.events else {},
        dates=dates(parcel, placed.at[0] if placed else None, began, scene.zone.zone) if need.dates else {},
        rows=rows,
    )


def known_then(scene: Scene, parcel: Fulfillment | None, wanted: Collection[Fact]) -> Known:
    """Return what was known of an order, or of one parcel of it. People are known as they are today."""
    if not wanted:
        return {}
    then, past, now = scene.then, scene.past, scene.now
    order = then.order
    if OF_LINES & set(wanted):
        for line in then.lines.values():
            line.title = past.titles.get(line.id, "")
    around = Around(
        lines=list(then.lines.values()),
        person=past.customers.get(order.customer_id or 0),
        placed=_placed(scene),
        agreed=past.agreed(order.customer_id, now),
        collections=past.collections,
        seasons=past.seasons(now),
        reviews=[each for each in scene.one.reviews if each.submitted_at <= now],
    )
    return known_of(About(order.id, order, parcel), around, wanted, now)


def profile_then(scene: Scene, run: Enrollment, parcel: Fulfillment | None, document: FlowDocument) -> ProfileFacts:
    """Return what a flow asked again before a message went."""
    if not asks(document) and run.ended_reason not in set(Ended):
        return ProfileFacts()
    then, now = scene.then, scene.now
    again = again_at(then, scene.orders, now) if counts_orders(document) else None
    stands = Standing(
        started_at=started_at(run, then.order, parcel),
        person=Person(then.order.shop_id, then.order.id),
        zone=scene.zone.zone,
        known=known_then(scene, parcel, asked(document.profile) | asked(document.exit.condition)),
        happened={AGAIN: again} if again is not None else {},
    )
    return profile_of(run, document, stands, now)


def _placed(scene: Scene) -> Placed | None:
    """Return when the person's orders were placed, as far as they counted."""
    mine = scene.then.order.customer_id
    found = sorted(
        each.order.placed_at
        for each in scene.orders
        if mine and each.order.customer_id == mine
        if each.order.cancelled_at is None and each.order.deleted_at is None and not each.order.is_test
    )
    return Placed(tuple(found)) if found else None
