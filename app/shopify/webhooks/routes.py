"""`POST /webhooks`: verify the raw bytes, keep them, answer. Nothing is parsed here."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.kit import fault, runtime
from app.kit.errors import TooLarge, Unauthorized
from app.shopify import signatures
from app.shopify.payloads.strict_json import WEBHOOK_MAX_BYTES
from app.shopify.webhooks import inbox, received

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks")
def receive() -> Response:
    """Answer 200 once the delivery is committed; 401 for a bad signature, 413 and 422 for what cannot be a webhook."""
    if (request.content_length or 0) > WEBHOOK_MAX_BYTES:
        raise TooLarge("A webhook body may have 5 MB at most.")
    body = request.get_data(cache=False)
    config = runtime.current().config
    if not signatures.webhook_is_genuine(
        body, received.fit(request.headers.get("X-Shopify-Hmac-SHA256", "")), config.api_secrets
    ):
        raise Unauthorized("The webhook's signature does not match its body.")
    fault.point("W1")
    inbox.keep(runtime.current(), received.read(lambda name: request.headers.get(name, ""), body))
    fault.point("W4")
    return Response(status=200, mimetype="text/plain")  # nothing for the page headers to do
