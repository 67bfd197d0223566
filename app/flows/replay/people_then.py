"""Say of a person what decisions looked at: what they had said, had, bought and been asked, as of an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.customers.address import address_hash
from app.customers.models import Customer, SuppressionScope
from app.flows.facts.gather_left_out import Exclusions
from app.flows.facts.gather_people import EVERY, SUBSCRIBED
from app.flows.facts.gather_turn import rank_of
from app.flows.models import FollowUpState
from app.flows.replay.history.past import Past
from app.flows.replay.history.then import OrderThen
from app.flows.replay.saying import Beside, Saying
from app.flows.rules.decision import CustomerFacts, TurnFacts
from app.flows.rules.turn import MONTH, is_capped
from app.orders.models import Order, OrderLine


def customer_then(
    past: Past,
    excluded: Exclusions,
    order: Order,
    customer: Customer | None,
    address: str | None,
    then: OrderThen,
    bought: Sequence[Order],
    now: datetime,
) -> CustomerFacts:
    """Return the recipient as decisions looked at them. `bought` are all their orders that were known."""
    wish = past.wishes(order.customer_id, now)
    stops = {
        row.scope: row
        for row in (past.stops.get(address_hash(address), ()) if address and past.stops else ())
        if row.happened_at <= now
    }
    stop, optional = stops.get(SuppressionScope.ADDRESS), stops.get(SuppressionScope.OPTIONAL)
    erased_at = customer.erased_at if customer is not None else None
    merged_at = customer.merged_at if customer is not None else None
    return CustomerFacts(
        country=order.country or (customer.country if customer else None),
        has_address=then.has_email or address is not None,
        erased_at=erased_at if erased_at is not None and erased_at <= now else None,
        merged=merged_at is not None and merged_at <= now,
        stopped=stop.reason if stop else None,
        stopped_at=stop.happened_at if stop else None,
        agreed_to_marketing=past.agreed(order.customer_id, now) == SUBSCRIBED,
        unsubscribed_at=optional.happened_at if optional else wish.off_since,
        topics_off=wish.topics_off,
        paused_until=wish.paused_until,
        paused_by=wish.paused_by_whom or wish.paused_by,
        bought_at=max((each.placed_at for each in bought if _counts(each)), default=None),
        excluded=excluded.of_person(customer, address),
        at_most_every=EVERY.get(wish.at_most),
    )


def asked_at(one: Saying, beside: Beside, product: int | None) -> datetime | None:
    """Return when the buyer was last asked about a product by another run."""
    if product is None or not one.then.order.customer_id:
        return None
    return max(
        (
            said.at
            for said in beside.said
            if said.saying.step.message_class == "review_ask"
            and said.saying.run is not one.run
            and said.saying.then.order.customer_id == one.then.order.customer_id
            and any(said.saying.then.lines[line].product_shopify_id == product for line in said.lines)
        ),
        default=None,
    )


def reordered_at(one: Saying, beside: Beside, product: int | None, now: datetime) -> datetime | None:
    """Return when the buyer first bought a product again."""
    mine = one.then.order
    if product is None or not mine.customer_id or one.step.message_class not in {"marketing", "mixed"}:
        return None
    return min(
        (
            each.order.placed_at
            for each in beside.orders.values()
            if each.order.customer_id == mine.customer_id and _counts(each.order)
            if mine.placed_at < each.order.placed_at <= now
            if any(_is_of(line, product) for line in each.lines.values())
        ),
        default=None,
    )


def _is_of(line: OrderLine, product: int) -> bool:
    return line.product_shopify_id == product


def _counts(order: Order) -> bool:
    return order.cancelled_at is None and order.deleted_at is None and not order.is_test


def turn_then(one: Saying, beside: Beside, now: datetime) -> TurnFacts:
    """Return what the person has had by the replay, and who else waits for room. Whoever walks together is one."""
    if one.step.is_news:
        return TurnFacts()
    latest = {
        id(said.saying.row): said for said in beside.said if said.saying.row is not one.row
    }  # one sent again: once
    recent = [said for said in latest.values() if said.at > now - MONTH]
    mine = rank_of(one.step, one.row.expires_at, one.row.id)
    ahead = 0
    if is_capped(one.step):
        ahead = sum(
            rank_of(other.step, other.row.expires_at, other.row.id) < mine
            for others in beside.of_order.values()
            for other in others
            if other.row is not one.row and is_capped(other.step)
            if other.row.state in {FollowUpState.SCHEDULED, FollowUpState.CLAIMED}
            if other.row.due_at <= now < other.row.expires_at
        )
    return TurnFacts(
        said=tuple(sorted(said.at for said in recent if is_capped(said.saying.step))),
        optional=tuple(sorted(said.at for said in recent if not said.saying.step.is_news)),
        ahead=ahead,
    )
