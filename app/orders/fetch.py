"""Ask the shop itself about its orders: the truth a webhook only hints at."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import business_now, real_now
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.record_order import record_order
from app.orders.told import RECONCILE, Told
from app.shopify.admin import AdminClient
from app.shopify.apply import Park
from app.shopify.payloads import node_orders

IDS_AT_ONCE = 100  # nodes(ids) takes 250; a smaller page keeps one request's cost far from the limit


def client(session: Session) -> AdminClient:
    """Return the Admin API client of the entered shop, with a token that lives."""
    asked: AdminClient = session.info["runtime"].parts["admin"](session, entered_shop(session))
    return asked


def fetch_order(session: Session, shopify_id: int) -> Order:
    """Fetch an order with everything on it and keep it. Raise Park when this shop has no such order."""
    told = Told(RECONCILE, business_now(session), real_now())
    reply = client(session).ask("order", id=f"gid://shopify/Order/{shopify_id}")
    fault.point("B2")
    node = reply.data.get("order")
    if node is None:
        raise Park("this shop has no such order")
    return record_order(session, node_orders.order(node, reply.denied_below("order")), told)


def exists(session: Session, shopify_id: int) -> bool:
    """Tell whether the shop still has an order."""
    return shopify_id in existing(session, [shopify_id])


def existing(session: Session, shopify_ids: Sequence[int]) -> set[int]:
    """Return which of these orders the shop still has."""
    found: set[int] = set()
    asking = client(session)
    for start in range(0, len(shopify_ids), IDS_AT_ONCE):
        page = shopify_ids[start : start + IDS_AT_ONCE]
        reply = asking.ask("nodes", ids=[f"gid://shopify/Order/{each}" for each in page])
        nodes = reply.data["nodes"]
        found |= {each for each, node in zip(page, nodes, strict=True) if node is not None}
    return found
