"""Tell when nobody can know whether a body is older or newer than what is kept: Shopify's dates have whole seconds.

Webhooks overtake each other. Of two bodies that were written within one second and say different things, the later to
arrive may be the older; the shop itself has to be asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent
from app.shopify.payloads.facts import FulfillmentEventFacts, FulfillmentFacts, OrderFacts


def order_is_undecided(session: Session, order: Order, facts: OrderFacts) -> bool:
    """Say whether a body and what is kept of the order, or of one of its parcels, differ but not in their date."""
    same_second = facts.updated_at == order.source_updated_at
    if (same_second and _differs(session, order, facts)) or _names_another_buyer(session, order, facts):
        return True
    return parcels_are_undecided(session, order.shop_id, facts.fulfillments)


def parcels_are_undecided(session: Session, shop_id: int, told: Sequence[FulfillmentFacts]) -> bool:
    """Say whether a body and what is kept of a parcel differ but not in their date."""
    if not told:
        return False
    kept = {
        row.shopify_id: row
        for row in session.scalars(
            select(Fulfillment).where(
                Fulfillment.shop_id == shop_id, Fulfillment.shopify_id.in_([facts.shopify_id for facts in told])
            )
        )
    }
    return any(
        facts.shopify_id in kept
        and facts.updated_at == kept[facts.shopify_id].source_updated_at
        and _standing(facts) != _kept_standing(kept[facts.shopify_id])
        for facts in told
    )


def scan_is_undecided(session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts) -> bool:
    """Say whether a scan we never heard of is older than what we know of its parcel: it may have been taken back."""
    if facts.created_at >= parcel.source_updated_at:
        return False
    known = select(FulfillmentEvent.id).where(
        FulfillmentEvent.shop_id == parcel.shop_id, FulfillmentEvent.shopify_id == facts.shopify_id
    )
    return session.scalar(known) is None


def _differs(session: Session, order: Order, facts: OrderFacts) -> bool:
    told = (facts.financial_status, facts.fulfillment_status, facts.cancelled_at, facts.total.amount, facts.is_test)
    kept = (order.financial_status, order.fulfillment_status, order.cancelled_at, order.total, order.is_test)
    if told != kept or ", ".join(facts.tags) != order.tags:
        return True
    lines = session.execute(
        select(OrderLine.shopify_id, OrderLine.quantity, OrderLine.current_quantity).where(
            OrderLine.shop_id == order.shop_id, OrderLine.order_id == order.id
        )
    )
    counted = {(line.shopify_id, line.quantity, line.current_quantity) for line in facts.lines}
    return counted != {tuple(row) for row in lines}


def _names_another_buyer(session: Session, order: Order, facts: OrderFacts) -> bool:
    """Say whether a body names another buyer than is kept: one of the two may have been merged into the other.

    An order without a buyer may be an erased person's, and the body from before a merge.
    """
    if facts.customer is None or facts.updated_at < order.source_updated_at:
        return False
    named = session.execute(
        select(Customer.id, Customer.merged_into).where(
            Customer.shop_id == order.shop_id, Customer.shopify_id == facts.customer.shopify_id
        )
    ).one_or_none()
    if order.customer_id is None:
        return named is None
    guest = select(Customer.id).where(
        Customer.shop_id == order.shop_id, Customer.id == order.customer_id, Customer.shopify_id.is_(None)
    )
    return order.customer_id not in (named or ()) and session.scalar(guest) is None


def _standing(facts: FulfillmentFacts) -> tuple[str | None, ...]:
    return (facts.status, facts.shipment_status, next(iter(facts.tracking_numbers), None))


def _kept_standing(parcel: Fulfillment) -> tuple[str | None, ...]:
    return (parcel.status, parcel.shipment_status, parcel.tracking_number)
