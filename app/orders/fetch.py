"""Ask the shop itself about an order: the truth a webhook only hints at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import business_now, real_now
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.record.order import line_ids, record_order
from app.orders.record.reversal import record_return
from app.orders.record.told import RECONCILE, Told
from app.orders.reversals import ReturnCase
from app.shopify.asking import fetch
from app.shopify.asking.admin import AdminClient
from app.shopify.webhooks.apply import Park
from app.shops.data_access import note_access


def client(session: Session) -> AdminClient:
    """Return the Admin API client of the entered shop, with a token that lives."""
    asked: AdminClient = session.info["runtime"].parts["admin"](session, entered_shop(session))
    return asked


def fetch_order(session: Session, shopify_id: int, *, paid_at: datetime | None = None) -> Order:
    """Fetch an order a webhook named, whole, and keep it. Raise Park when this shop has no such order.

    `paid_at` is when it was paid, where that is what the webhook was sent for.
    """
    order = ask_for_order(session, shopify_id, prompted=True, paid_at=paid_at)
    if order is None:
        raise Park("this shop has no such order")
    return order


def ask_for_order(
    session: Session, shopify_id: int, *, prompted: bool = False, paid_at: datetime | None = None
) -> Order | None:
    """Fetch an order with everything on it and keep it; None where the shop does not have it, or no longer in reach.

    `prompted` says that a webhook about it made us ask; `paid_at` is what fetch_order says.
    """
    told = Told(RECONCILE, business_now(session), real_now(), prompted, paid_at)
    facts = fetch.order(client(session), shopify_id)
    fault.point("B2")
    if facts is None:
        return None
    order = record_order(session, facts, told)
    note_access(session, is_open="email" not in facts.withheld)
    return order


def ask_for_return(session: Session, order: Order, shopify_id: int) -> ReturnCase | None:
    """Fetch a return of this order with its lines and keep it; None where the order has no such return in reach."""
    told = Told(RECONCILE, business_now(session), real_now(), prompted=True)
    facts = fetch.return_case(client(session), shopify_id)
    if facts is None or facts.order_shopify_id != order.shopify_id:
        return None
    return record_return(session, order, facts, line_ids(session, order.id), told)


def order_of_return(session: Session, shopify_id: int) -> int | None:
    """Return Shopify's id of the order a return is of; None where the shop has no such return in reach."""
    facts = fetch.return_case(client(session), shopify_id)
    return facts.order_shopify_id if facts is not None else None


def exists(session: Session, shopify_id: int) -> bool:
    """Tell whether the shop still has an order."""
    return bool(fetch.existing(client(session), "Order", [shopify_id]))
