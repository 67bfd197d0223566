"""Genuine bodies of every topic, and a hand that signs whatever it is given."""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.wiring import TOPICS
from devstore.state.engine import unit_of_work
from devstore.state.models import WebhookDelivery
from devstore.webhooks.deliver import signature
from tests.convergence.player import PLACES
from tests.convergence.shops import SHOP
from tests.database import API_SECRET

WHOLE_SHOP = frozenset({"app/uninstalled", "shop/redact"})  # these end a shop: only one that nothing else is sent to


@dataclass(frozen=True)
class Genuine:
    """One body as the store sent it."""

    topic: str
    body: dict


def collect(both):
    """Make everything happen once that a webhook tells of, let the app hear it, and return the bodies."""
    _live(both)
    with unit_of_work(announce=False) as session:
        rows = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
    found = [Genuine(row.topic, json.loads(row.payload)) for row in rows]
    shop = next(one.body for one in found if one.topic == "shop/update")
    found.append(Genuine("app/uninstalled", shop))
    gone = {"shop_id": shop["id"], "shop_domain": shop["myshopify_domain"]}
    found.append(Genuine("shop/redact", gone))
    ended = {"admin_graphql_api_id": "gid://shopify/BulkOperation/1", "status": "completed", "type": "query"}
    ended |= {"error_code": None, "created_at": shop["updated_at"], "completed_at": shop["updated_at"]}
    found.append(Genuine("bulk_operations/finish", ended))
    scopes = {"id": 1, "previous": ["read_orders"], "current": ["read_orders"], "updated_at": shop["updated_at"]}
    found.append(Genuine("app/scopes_update", scopes | {"shop_id": f"gid://shopify/Shop/{shop['id']}"}))
    assert {one.topic for one in found} == set(TOPICS), set(TOPICS) - {one.topic for one in found}
    return found


def headers(topic, domain, body, secret=API_SECRET, **changes):
    """Return the headers of a delivery, signed."""
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-Hmac-Sha256": signature(body, secret),
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": "2026-10-12T06:30:00.123456Z",
        **changes,
    }


def _live(both):
    def act(method, path, **body):
        both.move(minutes=7)
        answer = both.store.open(f"/api{path}?shop={SHOP}", method=method, json=body or None)
        assert 200 <= answer.status_code < 300, (path, answer.text)
        return answer.json

    person = {"email": "fuzz@example.com", "first_name": "Ana", "last_name": "Weber", "consent": "subscribed"}
    person["address"] = {**PLACES["GB"], "zip": "BS1 6QH", "city": "Bristol", "address1": "1 Road"}
    lines = [{"variant": "harbour-kettle", "quantity": 2}, {"variant": "stoneware-mugs"}]
    order = act("POST", "/orders", customer=person, lines=lines, note="Ring twice", tags=["vip"])
    customer = order["customer"]["id"]
    act("POST", f"/orders/{order['id']}/edit", add=[{"variant": "paper-filters"}])
    parcel = act("POST", f"/orders/{order['id']}/fulfillments")
    scan = act("POST", f"/fulfillments/{parcel['id']}/events", status="in_transit")
    act("POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    act("DELETE", f"/events/{scan['id']}")
    act("POST", f"/orders/{order['id']}/refunds", lines=[{"line": order["line_items"][0]["id"]}])
    for decisions in (["approve", "close", "reopen"], ["decline"], ["cancel"]):
        case = act("POST", f"/orders/{order['id']}/returns", lines=[{"line": order["line_items"][1]["id"]}])
        for decision in decisions:
            act("POST", f"/returns/{case['id']}/{decision}")
    second = act("POST", "/orders", email="fuzz@example.com", lines=[{"variant": "harbour-kettle", "quantity": 3}])
    act("POST", f"/orders/{second['id']}/fulfillments")
    kettles = {"line": second["line_items"][0]["id"]}
    case = act("POST", f"/orders/{second['id']}/returns", lines=[{**kettles, "quantity": 2}])
    act("POST", f"/returns/{case['id']}/approve")
    act("POST", f"/returns/{case['id']}/take-out", lines=[{**kettles, "quantity": 1}])
    act("POST", f"/returns/{case['id']}/process")
    act("PATCH", f"/customers/{customer}", first_name="Anna")
    act("POST", f"/customers/{customer}/consent", state="unsubscribed")
    product = act("POST", "/products", title="Saucer", price="7.00")
    act("PATCH", f"/products/{product['id']}", title="Small saucer")
    shelf = act("POST", "/collections", title="Shelf", products=["paper-filters"])
    act("PATCH", f"/collections/{shelf['id']}", title="Top shelf")
    act("DELETE", f"/collections/{shelf['id']}")
    act("DELETE", f"/products/{product['id']}")
    act("PATCH", f"/shops/{SHOP}", name="Kiln and Kettle")
    undone = act("POST", "/orders", email="fuzz@example.com", lines=[{"variant": "paper-filters"}])
    act("POST", f"/orders/{undone['id']}/cancel")
    act("DELETE", f"/orders/{undone['id']}")
    act("POST", f"/customers/{customer}/data-request")
    both.deliver()
    both.apply()
    both.reconcile(both.shop_id)
    twin = act("POST", "/customers", email="twin@example.com", first_name="Ana")
    act("POST", f"/customers/{twin['id']}/merge", into=str(customer))
    gone = act("POST", "/customers", email="gone@example.com", first_name="Bo")
    act("POST", f"/customers/{gone['id']}/redact")
    act("DELETE", f"/customers/{gone['id']}")
    both.deliver()
    both.apply()
