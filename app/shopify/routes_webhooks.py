"""`POST /webhooks`: verify the raw bytes, keep them, answer. Nothing is parsed here."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request

from app.kit import fault, runtime
from app.kit.errors import Invalid, TooLarge, Unauthorized
from app.shopify import inbox, signatures
from app.shopify.payloads.strict_json import WEBHOOK_MAX_BYTES

MAX_HEADER_CHARS = 255

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks")
def receive() -> Response:
    """Answer 200 once the delivery is committed; 401 for a bad signature, 413 and 422 for what cannot be a webhook."""
    if (request.content_length or 0) > WEBHOOK_MAX_BYTES:
        raise TooLarge("A webhook body may have 5 MB at most.")
    body = request.get_data(cache=False)
    config = runtime.current().config
    if not signatures.webhook_is_genuine(body, _header("X-Shopify-Hmac-SHA256"), config.api_secrets):
        raise Unauthorized("The webhook's signature does not match its body.")
    fault.point("W1")
    shop = signatures.canonical_shop(_header("X-Shopify-Shop-Domain"))
    topic = _header("X-Shopify-Topic")
    if shop is None:
        raise Invalid("X-Shopify-Shop-Domain must be a myshopify.com domain.", field="X-Shopify-Shop-Domain")
    if not topic:
        raise Invalid("X-Shopify-Topic is missing.", field="X-Shopify-Topic")
    received = inbox.Received(
        shop_domain=shop,
        topic=topic,
        webhook_id=_header("X-Shopify-Webhook-Id") or None,
        event_id=_header("X-Shopify-Event-Id") or None,
        triggered_at=_instant(_header("X-Shopify-Triggered-At")),
        body=body,
    )
    inbox.keep(runtime.current(), received)
    fault.point("W4")
    return Response(status=200, mimetype="text/plain")  # nothing for the page headers to do


def _header(name: str) -> str:
    return request.headers.get(name, "").replace("\x00", "")[:MAX_HEADER_CHARS]


def _instant(text: str) -> datetime | None:
    """Return the header's instant; None where it is missing or not a date: it only helps to tell late from new."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the second for a year that another zone would not have
        return None
