"""Give the runs of a customer who was merged away to the one who was kept, and say to one person once what two planned.

What is still to come goes on: it follows its order. Left out is what asks or helps about products the other customer
was, or soon will be, asked or helped about in the same step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.customers.merge import CustomersMerged
from app.flows.facts import published
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.orders.models import OrderLine
from app.orders.parcels import FulfillmentLine

PENDING: Final = (FollowUpState.SCHEDULED, FollowUpState.HELD)
REMEMBERED: Final = timedelta(days=365)  # who was asked about a product within a year is not asked anew
HANDED_OVER: Final = "handed_over"


@dataclass(frozen=True, slots=True)
class Saying:
    """One follow-up of either customer: `whose` they were, what it is about, when it speaks or spoke."""

    row: FollowUp
    whose: int
    products: frozenset[int]

    @property
    def turn(self) -> tuple[bool, datetime, int]:
        """Return its place: what was said comes before what is planned, then the earlier."""
        return (self.row.state is not FollowUpState.DONE, self.row.due_at, self.row.id)


def customers_merged(session: Session, event: CustomersMerged) -> None:
    """Leave out what one person would hear twice, then point the runs at the customer who was kept."""
    shop_id, now = entered_shop(session), business_now(session)
    said: dict[str, list[Saying]] = defaultdict(list)
    for each in sorted(_sayings(session, event, now), key=lambda one: one.turn):
        others = {product for one in said[each.row.step] if one.whose != each.whose for product in one.products}
        if each.row.state in PENDING and each.products and each.products <= others:
            finish(each.row, Reason.MERGED, now)
        else:
            said[each.row.step].append(each)
    session.execute(
        update(Enrollment)
        .where(Enrollment.shop_id == shop_id, Enrollment.customer_id == event.gone_id)
        .values(customer_id=event.kept_id)
    )
    session.flush()


def _sayings(session: Session, event: CustomersMerged, now: datetime) -> list[Saying]:
    """Return what was and will be said to both about order lines, locked."""
    shop_id = entered_shop(session)
    rows = session.execute(
        select(FollowUp, Enrollment)
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(FollowUp.shop_id == shop_id, Enrollment.customer_id.in_([event.gone_id, event.kept_id]))
        .where(or_(FollowUp.state.in_(PENDING), _was_said(now)))
        .order_by(FollowUp.id)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).all()
    documents = published.documents(session, sorted({(run.flow_id, run.version) for _, run in rows}))
    about = [(row, run) for row, run in rows if documents[run.flow_id, run.version].step(row.step).about_lines]
    products = _products(session, [run for _, run in about])
    return [Saying(row, run.customer_id or 0, products[run.id]) for row, run in about]


def _was_said(now: datetime) -> ColumnElement[bool]:
    return and_(
        FollowUp.state == FollowUpState.DONE, FollowUp.outcome == HANDED_OVER, FollowUp.done_at > now - REMEMBERED
    )


def _products(session: Session, runs: Sequence[Enrollment]) -> Mapping[int, frozenset[int]]:
    """Return the products each run is about, by its id."""
    shop_id, found = entered_shop(session), defaultdict[int, set[int]](set)
    orders = {run.order_id for run in runs}
    lines = session.execute(
        select(OrderLine.id, OrderLine.order_id, OrderLine.product_shopify_id).where(
            OrderLine.shop_id == shop_id, OrderLine.order_id.in_(orders)
        )
    ).all()
    parcels = {run.subject_id for run in runs if run.subject_kind == Subject.FULFILLMENT}
    packed = session.execute(
        select(FulfillmentLine.fulfillment_id, FulfillmentLine.order_line_id).where(
            FulfillmentLine.shop_id == shop_id, FulfillmentLine.fulfillment_id.in_(parcels)
        )
    ).all()
    in_parcel = {(parcel, line) for parcel, line in packed}
    for run in runs:
        for line, order, product in lines:
            about = {
                Subject.FULFILLMENT.value: (run.subject_id, line) in in_parcel,
                ORDER_LINE: run.subject_id == line,
            }.get(run.subject_kind, True)
            if order == run.order_id and product is not None and about:
                found[run.id].add(product)
    return {run.id: frozenset(found[run.id]) for run in runs}
