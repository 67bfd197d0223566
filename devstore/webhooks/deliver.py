"""Make one attempt: sign the bytes, post them, and say what came back within five seconds."""

import base64
import hashlib
import hmac
import http.client
import socket
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from devstore.state.models import WebhookDelivery

CONNECT_SECONDS = 1.0
TOTAL_SECONDS = 5.0


@dataclass(frozen=True)
class Outcome:
    """The answer's status, or the reason there was none; `ms` is how long it took."""

    status: int | None
    ms: int
    error: str | None

    @property
    def accepted(self) -> bool:
        """Only 2xx counts: a redirect is a failure too."""
        return self.status is not None and 200 <= self.status < 300


def signature(body: bytes, secret: str) -> str:
    """Return the base64 HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def headers(delivery: WebhookDelivery, secret: str) -> dict[str, str]:
    """Return the headers Shopify sends with a delivery."""
    named = {"X-Shopify-Name": delivery.name} if delivery.name else {}
    return {
        "Content-Type": "application/json",
        "Accept": "*/*",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": delivery.topic,
        "X-Shopify-Hmac-Sha256": signature(delivery.payload, secret),
        "X-Shopify-Shop-Domain": delivery.shop_domain,
        "X-Shopify-API-Version": delivery.api_version,
        "X-Shopify-Webhook-Id": delivery.webhook_id,
        "X-Shopify-Event-Id": delivery.event_id,
        "X-Shopify-Triggered-At": iso(delivery.triggered_at),
        **named,
    }


def iso(moment: datetime) -> str:
    """Write the header's time: UTC with a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def deliver(delivery: WebhookDelivery, secret: str) -> Outcome:
    """Post once and return the outcome; never raises for anything the network does."""
    parts = urlsplit(delivery.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    started = time.monotonic()
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        connection.sock.settimeout(TOTAL_SECONDS - (time.monotonic() - started))
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, delivery.payload, headers(delivery, secret))
        connection.sock.settimeout(max(0.01, TOTAL_SECONDS - (time.monotonic() - started)))
        status: int | None = connection.getresponse().status
        error = None
    except (OSError, http.client.HTTPException) as fault:
        status, error = None, f"{type(fault).__name__}: {fault}"
    finally:
        connection.close()
    return Outcome(status, round((time.monotonic() - started) * 1000), error)
