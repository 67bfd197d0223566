"""Deliveries as Shopify signs them, and what is kept of them."""

import base64
import hashlib
import hmac
import json
from itertools import count

from sqlalchemy import select

from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.shopify.models import WebhookInbox
from tests.database import API_SECRET

DOMAIN = "kiln-and-kettle.myshopify.com"
NUMBERS = count(1)


def signed(body, secret=API_SECRET):
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def delivery(body=b'{"id": 1}', **changes):
    """Return body and headers of one delivery with an id of its own."""
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-Hmac-Sha256": signed(body),
        "X-Shopify-Webhook-Id": f"delivery-{next(NUMBERS)}",
        "X-Shopify-Event-Id": "event-1",
        "X-Shopify-Triggered-At": "2026-10-12T06:30:00.123456Z",
        **{f"X-Shopify-{name.replace('_', '-').title()}": value for name, value in changes.items()},
    }
    return {"data": body, "headers": {name: value for name, value in headers.items() if value is not None}}


def order(number):
    return json.dumps({"id": number, "note": "x" * 500}).encode()


def kept(wired, *columns):
    """Return what the inbox holds."""
    wanted = columns or (WebhookInbox.webhook_id,)
    with unit_of_work(wired, role=SYSTEM) as session:
        return [tuple(row) for row in session.execute(select(*wanted).order_by(WebhookInbox.id))]
