"""Gather what holds for everybody a shop writes to: its state, its pause, what it declared, its measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from app.customers.declare import Law
from app.customers.models import Customer
from app.flows.models import Halt
from app.flows.rules.decision import Bounds, ShopFacts, ShopState
from app.kit.models import Restoration
from app.kit.rows.question import SHOP, Question
from app.orders.lanes.settings import Deliveries
from app.orders.models import Order
from app.shops.measures import Measures
from app.shops.models import Shop, ShopProfile, ShopStatus
from app.shops.settings import Pause, Stored

STANDING: Final = Question(
    select(Shop.id, Shop.status, select(Halt.id).where(Halt.released_at.is_(None)).exists().label("halted")).where(
        Shop.id == SHOP
    )
)
PROFILE: Final = Question(select(ShopProfile.__table__).where(ShopProfile.shop_id == SHOP))


def shop_facts(
    standing: Any, profile: ShopProfile | None, restorations: Sequence[Restoration], stored: Stored
) -> ShopFacts:
    """Return the shop as it stands. `standing` is what STANDING found."""
    pause = stored.of(Pause)
    state = {
        ShopStatus.UNINSTALLED: ShopState.UNINSTALLED,
        ShopStatus.NEEDS_RECONNECTION: ShopState.NEEDS_RECONNECTION,
        ShopStatus.ACTIVE: ShopState.ACTIVE,
    }[standing.status]
    if state is ShopState.ACTIVE and profile is not None and not profile.data_access:
        state = ShopState.AWAITING_DATA_ACCESS
    if state is ShopState.ACTIVE and any(
        each.released_at is None or standing.id in each.left_behind for each in restorations
    ):
        state = ShopState.RESTORED
    if state is ShopState.ACTIVE and standing.halted:
        state = ShopState.HALTED
    return ShopFacts(
        state=state,
        paused_at=pause.since,
        paused_by=pause.paused_by,
        paused_words=pause.words,
        declared=stored.of(Law).declared(),
        risk=stored.of(Deliveries).risk,
    )


def withheld(shop: ShopFacts) -> ShopFacts:
    """Return the shop as it stands for an order whose address Shopify withheld because access is not approved."""
    state = ShopState.AWAITING_DATA_ACCESS if shop.state is ShopState.ACTIVE else shop.state
    return replace(shop, state=state)


def bounds(measures: Measures) -> Bounds:
    """Return the shop's measure as the rules read it."""
    return Bounds(
        per_week=measures.per_week,
        per_month=measures.per_month,
        asks_apart_months=measures.asks_apart_months,
        same_apart_days=measures.same_apart_days,
        gifts=measures.gifts,
    )


def gift_by(order: Order, customer: Customer | None, measures: Measures) -> str | None:
    """Return how we know that an order is a gift; where the shop wants, also by whom the parcel goes to."""
    if order.gift is not None or not measures.gift_by_recipient or customer is None:
        return order.gift
    names = [(name or "").strip().casefold() for name in (order.recipient_name, customer.first_name)]
    return "recipient" if all(names) and names[0] != names[1] else None
