"""Take orders and parcels into flows: one run per flow and subject, whoever asks and however often."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers import consent
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow
from app.kit.clock import business_now
from app.orders.models import Order
from app.orders.parcels import Fulfillment

UNPAID = frozenset({"pending", "voided", "expired", "unknown"})  # nobody is thanked for an order that may never be


def enrol(session: Session, flow: Flow, document: FlowDocument, order: Order, parcels: list[Fulfillment]) -> None:
    """Start the runs a flow should have of an order as it stands now."""
    if takes(flow, order):
        if document.subject is Subject.ORDER:
            _insert_run(session, flow, order, Subject.ORDER, order.id)
            return
        wanted = parcels
    elif document.subject is Subject.FULFILLMENT and _was_taken_in(session, flow, order):
        # The merchant took an older order in by hand: what is sent of it since belongs to it, what arrived before not.
        wanted = [parcel for parcel in parcels if flow.started_at is not None and parcel.shipped_at >= flow.started_at]
    else:
        return
    for parcel in wanted:
        if parcel.cancelled_at is None:
            enrol_parcel(session, flow, order, parcel)


def takes(flow: Flow, order: Order) -> bool:
    """Tell whether a flow takes on this order now: it has started, and the order is not from before it."""
    return (
        flow.started_at is not None
        and flow.include_from is not None
        and order.placed_at >= flow.include_from
        and order.deleted_at is None
        and order.financial_status not in UNPAID
    )


def enrol_parcel(session: Session, flow: Flow, order: Order, parcel: Fulfillment) -> None:
    """Start one parcel's run of a flow, once."""
    _insert_run(session, flow, order, Subject.FULFILLMENT, parcel.id)


def _was_taken_in(session: Session, flow: Flow, order: Order) -> bool:
    run = select(Enrollment.id).where(
        Enrollment.shop_id == order.shop_id, Enrollment.flow_id == flow.id, Enrollment.order_id == order.id
    )
    started = flow.started_at is not None and order.deleted_at is None
    return started and session.scalar(run.limit(1)) is not None


def _insert_run(session: Session, flow: Flow, order: Order, kind: Subject, subject_id: int) -> None:
    frozen = freeze(session, order)
    values = run_values(flow, order, kind, subject_id) | {"frozen": frozen, "entered_at": business_now(session)}
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
    known = consent.current(session, [order.customer_id]) if order.customer_id else {}
    return {
        "order_name": order.name,
        "locale": order.locale,
        "country": order.country,
        "province": order.province,
        "consent": known.get(order.customer_id) if order.customer_id else None,
    }
