"""Forward app proxy requests to the app, signed as Shopify signs them; cookies travel neither way."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlencode

import httpx
from flask import Response

OWN = ("shop", "logged_in_customer_id", "path_prefix", "timestamp", "signature")
PASSED_ON = ("content-type", "accept", "accept-language", "user-agent")
PASSED_BACK = ("content-type", "cache-control", "location", "retry-after")
TIMEOUT_S = 10
MOST_BYTES = 10_000_000


def signed_query(given: Sequence[tuple[str, str]], shop: str, prefix: str, secret: str, now: int) -> str:
    """Return the query with Shopify's five parameters; `now` is real time in seconds.

    The signature is hex HMAC-SHA256 over the sorted ``k=v`` with values of one name joined by commas and
    nothing between the pairs. What a visitor sent under the five names is dropped.
    """
    pairs = [(name, value) for name, value in given if name not in OWN]
    pairs += [("shop", shop), ("logged_in_customer_id", ""), ("path_prefix", prefix), ("timestamp", str(now))]
    joined: dict[str, list[str]] = {}
    for name, value in pairs:
        joined.setdefault(name, []).append(value)
    message = "".join(sorted(f"{name}={','.join(values)}" for name, values in joined.items()))
    signature = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return urlencode([*pairs, ("signature", signature)])


def forward(method: str, url: str, headers: dict[str, str], body: bytes) -> Response:
    """Return the app's answer; 502 in words when it cannot be reached."""
    kept = {name: value for name, value in headers.items() if name.lower() in PASSED_ON}
    try:
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = client.request(method, url, headers=kept, content=body)
    except httpx.HTTPError:
        return Response("The app behind this page does not answer.", 502, mimetype="text/plain")
    back = [(name, value) for name, value in answer.headers.items() if name.lower() in PASSED_BACK]
    return Response(answer.content[:MOST_BYTES], answer.status_code, back)
