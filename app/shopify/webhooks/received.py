"""Read a verified delivery's headers. They are not signed: treat them as hints. Nothing of the body is parsed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.kit.errors import Invalid
from app.shopify import signatures

MAX_HEADER_CHARS = 255


@dataclass(frozen=True, slots=True)
class Received:
    """Hold one verified delivery as its headers and bytes came."""

    shop_domain: str
    topic: str
    webhook_id: str | None
    event_id: str | None
    triggered_at: datetime | None
    body: bytes


def read(header: Callable[[str], str], body: bytes) -> Received:
    """Return the delivery whose headers `header` gives by name, "" for one that is missing; raise Invalid."""
    shop = signatures.canonical_shop(fit(header("X-Shopify-Shop-Domain")))
    if shop is None:
        raise Invalid("X-Shopify-Shop-Domain must be a myshopify.com domain.", field="X-Shopify-Shop-Domain")
    topic = fit(header("X-Shopify-Topic"))
    if not topic:
        raise Invalid("X-Shopify-Topic is missing.", field="X-Shopify-Topic")
    return Received(
        shop_domain=shop,
        topic=topic,
        webhook_id=fit(header("X-Shopify-Webhook-Id")) or None,
        event_id=fit(header("X-Shopify-Event-Id")) or None,
        triggered_at=_instant(fit(header("X-Shopify-Triggered-At"))),
        body=body,
    )


def fit(value: str) -> str:
    """Return a header's value as it may be kept: at most 255 characters, no NUL."""
    return value.replace("\x00", "")[:MAX_HEADER_CHARS]


def _instant(text: str) -> datetime | None:
    """Return the header's instant; None where it is missing or not a date: it only helps to tell late from new."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the second for a year that another zone would not have
        return None
