"""Tell when nobody can know whether a body is older or newer than what is kept: Shopify's dates have whole seconds.

Webhooks overtake each other. Of two bodies that were written within one second and say different things, the later to
arrive may be the older; the shop itself has to be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, or_, select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.orders.arrival.pickup import PICKUPS
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent
from app.shopify.payloads.facts import FulfillmentEventFacts, FulfillmentFacts, OrderFacts

PARCELS: Final = Question(
    select(
        Fulfillment.shopify_id,
        Fulfillment.source_updated_at,
        Fulfillment.status,
        Fulfillment.shipment_status,
        Fulfillment.tracking_number,
    ).where(Fulfillment.shop_id == SHOP, one_of(Fulfillment.shopify_id, "parcels"))
)
LINES: Final = Question(
    select(OrderLine.shopify_id, OrderLine.quantity, OrderLine.current_quantity).where(
        OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order", type_=BigInteger)
    )
)
BUYERS: Final = Question(
    select(Customer.id, Customer.shopify_id, Customer.merged_into).where(
        Customer.shop_id == SHOP,
        or_(
            Customer.shopify_id == bindparam("named", type_=BigInteger),
            Customer.id == bindparam("kept", type_=BigInteger),
        ),
    )
)
CARRIED: Final = Question(
    select(OrderLine.id).where(
        OrderLine.shop_id == SHOP,
        OrderLine.order_id == bindparam("order", type_=BigInteger),
        one_of(OrderLine.shopify_id, "lines"),
        OrderLine.requires_shipping,
    )
)
SCAN: Final = Question(
    select(FulfillmentEvent.id).where(
        FulfillmentEvent.shop_id == SHOP, FulfillmentEvent.shopify_id == bindparam("scan", type_=BigInteger)
    )
)


def order_is_undecided(session: Session, order: Order, facts: OrderFacts) -> bool:
    """Say whether a body and what is kept of the order, or of one of its parcels, differ but not in their date."""
    same_second = facts.updated_at == order.source_updated_at
    if (same_second and _differs(session, order, facts)) or _names_another_buyer(session, order, facts):
        return True
    return parcels_are_undecided(session, facts.fulfillments)


def parcels_are_undecided(session: Session, told: Sequence[FulfillmentFacts]) -> bool:
    """Say whether a body and what is kept of a parcel differ but not in their date."""
    (rows,) = ask(session, (PARCELS, {"parcels": [facts.shopify_id for facts in told]}))
    kept = {row.shopify_id: row for row in rows}
    return any(
        facts.shopify_id in kept
        and _standing(facts) != kept[facts.shopify_id][2:]
        and (facts.updated_at == kept[facts.shopify_id].source_updated_at or _is_silent(facts, kept[facts.shopify_id]))
        for facts in told
    )


def may_hide_pickup(session: Session, order: Order, facts: FulfillmentFacts) -> bool:
    """Say whether a body may be about goods the buyer fetches, and cannot say so: nothing in it tells of a carrier.

    Only the Admin API shows that they wait at the counter, or were picked up. Nobody fetches a file.
    """
    if "pickup" not in facts.untold or facts.tracking_numbers or facts.tracking_company:
        return False
    inside = [shopify_id for shopify_id, _ in facts.lines]
    of_order, of_parcel = {"order": order.id, "lines": inside}, {"parcels": [facts.shopify_id]}
    carried, kept = ask(session, (CARRIED, of_order), (PARCELS, of_parcel))
    return bool(carried) and all(facts.updated_at >= row.source_updated_at for row in kept)


def scan_is_undecided(session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts) -> bool:
    """Say whether a scan we never heard of is older than what we know of its parcel: it may have been taken back."""
    if facts.created_at >= parcel.source_updated_at:
        return False
    (known,) = ask(session, (SCAN, {"scan": facts.shopify_id}))
    return not known


def _differs(session: Session, order: Order, facts: OrderFacts) -> bool:
    told = (facts.financial_status, facts.fulfillment_status, facts.cancelled_at, facts.total.amount, facts.is_test)
    kept = (order.financial_status, order.fulfillment_status, order.cancelled_at, order.total, order.is_test)
    if told != kept or ", ".join(facts.tags) != order.tags:
        return True
    (lines,) = ask(session, (LINES, {"order": order.id}))
    return {(line.shopify_id, line.quantity, line.current_quantity) for line in facts.lines} != set(lines)


def _names_another_buyer(session: Session, order: Order, facts: OrderFacts) -> bool:
    """Say whether a body names another buyer than is kept: one of the two may have been merged into the other.

    An order without a buyer may be an erased person's, and the body from before a merge.
    """
    if facts.customer is None or facts.updated_at < order.source_updated_at:
        return False
    (buyers,) = ask(session, (BUYERS, {"named": facts.customer.shopify_id, "kept": order.customer_id}))
    named = next((one for one in buyers if one.shopify_id == facts.customer.shopify_id), None)
    if order.customer_id is None:
        return named is None
    kept = next((one for one in buyers if one.id == order.customer_id), None)
    is_guest = kept is not None and kept.shopify_id is None
    return not is_guest and (named is None or order.customer_id not in {named.id, named.merged_into})


def _is_silent(facts: FulfillmentFacts, kept: Any) -> bool:
    """Say whether a newer body has no word for what the shop showed last: it may stand, or have been taken back."""
    return "pickup" in facts.untold and kept.shipment_status in PICKUPS and facts.updated_at > kept.source_updated_at


def _standing(facts: FulfillmentFacts) -> tuple[str | None, ...]:
    return (facts.status, facts.shipment_status, next(iter(facts.tracking_numbers), None))
