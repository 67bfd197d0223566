"""Webhook bodies as Shopify sends them, from the recorded sample, with what a test cares about changed."""

import copy
import json
from datetime import timedelta
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "payloads"


def order_body(now, **changes):
    """Return an orders/* body for an order placed just before `now`."""
    body = copy.deepcopy(json.loads((SAMPLES / "webhook_order.json").read_text()))
    placed = (now - timedelta(minutes=1)).isoformat()
    body |= {
        "created_at": placed,
        "processed_at": placed,
        "updated_at": now.isoformat(),
        "financial_status": "paid",
        "fulfillment_status": None,
        "fulfillments": [],
        "refunds": [],
        "test": False,
    }
    for line in body["line_items"]:
        line["current_quantity"] = line["quantity"]
    return body | changes
