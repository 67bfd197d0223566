"""Gather what people bought and were asked about before: by product, whatever the variant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.legal_basis import MessageClass
from app.customers.policy.judge import row_for
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.facts.gather_turn import LEFT
from app.flows.language.steps import Step
from app.flows.models import FollowUp
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.messages.models import Message, MessageItem
from app.orders.models import Order, OrderLine

PROMOTION: Final = frozenset({MessageClass.MARKETING, MessageClass.MIXED})
Planned = tuple[FollowUp, Step, Order]


@dataclass(frozen=True, slots=True)
class Before:
    """Hold what is known of people's past, by our customer id and Shopify's product id."""

    asked: Mapping[tuple[int, int], Sequence[tuple[int, datetime]]] = field(default_factory=dict)
    bought: Mapping[tuple[int, int], Sequence[datetime]] = field(default_factory=dict)
    last_order: Mapping[int, datetime] = field(default_factory=dict)

    def asked_at(self, row: FollowUp, order: Order, product: int | None) -> datetime | None:
        """Return when the buyer was last asked about a product by another run: a second ask of one run is one ask."""
        rows = self.asked.get((order.customer_id or 0, product or 0), ())
        return max((at for run, at in rows if run != row.enrollment_id), default=None)

    def reordered_at(self, order: Order, product: int | None) -> datetime | None:
        """Return when the buyer first bought a product again after an order."""
        rows = self.bought.get((order.customer_id or 0, product or 0), ())
        return min((at for at in rows if at > order.placed_at), default=None)


def before(session: Session, planned: Sequence[Planned]) -> Before:
    """Return what the decisions about these follow-ups look at; what none of them does is not asked for."""
    asks = _people(planned, lambda step, _: step.message_class is MessageClass.REVIEW_ASK)
    sells = _people(planned, lambda step, _: step.message_class in PROMOTION)
    counts = _people(planned, lambda step, order: row_for(step.message_class, order.country).lasts is not None)
    return Before(
        asked=_asked(session, asks) if asks else {},
        bought=_bought(session, sells) if sells else {},
        last_order=_last_order(session, counts) if counts else {},
    )


def _people(planned: Sequence[Planned], wanted: Callable[[Step, Order], bool]) -> list[int]:
    return sorted({order.customer_id for _, step, order in planned if order.customer_id and wanted(step, order)})


def _asked(session: Session, people: Sequence[int]) -> dict[tuple[int, int], list[tuple[int, datetime]]]:
    rows = session.execute(
        select(Message.customer_id, OrderLine.product_shopify_id, FollowUp.enrollment_id, Message.sent_at)
        .join(FollowUp, (FollowUp.shop_id == Message.shop_id) & (FollowUp.id == Message.follow_up_id))
        .join(MessageItem, (MessageItem.shop_id == Message.shop_id) & (MessageItem.message_id == Message.id))
        .join(OrderLine, (OrderLine.shop_id == MessageItem.shop_id) & (OrderLine.id == MessageItem.item_id))
        .where(Message.shop_id == entered_shop(session), among(Message.customer_id, people))
        .where(Message.message_class == MessageClass.REVIEW_ASK, Message.state.in_(LEFT))
        .where(MessageItem.item_kind == ORDER_LINE, OrderLine.product_shopify_id.is_not(None))
        .where(Message.sent_at.is_not(None))
    )
    found: dict[tuple[int, int], list[tuple[int, datetime]]] = defaultdict(list)
    for customer, product, run, at in rows:
        if customer is not None and product is not None and at is not None:
            found[customer, product].append((run, at))
    return found


def _bought(session: Session, people: Sequence[int]) -> dict[tuple[int, int], list[datetime]]:
    rows = session.execute(
        select(Order.customer_id, OrderLine.product_shopify_id, Order.placed_at)
        .join(OrderLine, (OrderLine.shop_id == Order.shop_id) & (OrderLine.order_id == Order.id))
        .where(Order.shop_id == entered_shop(session), among(Order.customer_id, people))
        .where(Order.cancelled_at.is_(None), Order.deleted_at.is_(None), Order.is_test.is_(False))
    )
    found: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for customer, product, at in rows:
        if customer is not None and product is not None:
            found[customer, product].append(at)
    return found


def _last_order(session: Session, people: Sequence[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(Order.customer_id, func.max(Order.placed_at).label("at"))
        .where(Order.shop_id == entered_shop(session), among(Order.customer_id, people))
        .where(Order.cancelled_at.is_(None), Order.deleted_at.is_(None), Order.is_test.is_(False))
        .group_by(Order.customer_id)
    )
    return {row.customer_id: row.at for row in rows if row.customer_id is not None}
