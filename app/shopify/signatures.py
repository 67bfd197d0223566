"""Verify what Shopify signed: webhook bodies, app-proxy queries, OAuth and app-home queries; and name shops. Pure.

`secrets` are the app's client secrets, the current one first; during a rotation the old one still counts. Every
comparison takes constant time and tries every secret. Sources: shopify.dev "Verify webhooks", "App proxies",
"Authorization code grant"; the answers are compared with Shopify's own packages in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote

TOLERANCE = timedelta(seconds=90)  # of a signed timestamp, both ways: what Shopify's own packages allow
MAX_QUERY_CHARS = 8_192
MAX_QUERY_FIELDS = 100

SHOP_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com")
SIGNATURE_HEX = re.compile(r"[0-9a-f]{64}")
TIMESTAMP = re.compile(r"[0-9]{1,12}")
CUSTOMER = re.compile(r"[1-9][0-9]{0,18}")

URI_SAFE = "!~*'()-_."  # what encodeURIComponent leaves as it is, beside letters and digits
ONCE = ("shop", "timestamp", "signature", "hmac", "logged_in_customer_id", "path_prefix")


class SignatureRefused(Exception):
    """Say why a signed request is not believed; the text names no value of the request."""


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """Say what a verified app-proxy request comes from. `customer_id` is None for anyone not logged in."""

    shop_domain: str
    customer_id: int | None
    params: dict[str, str]  # without the signature; of a repeated name, the values joined by commas, as signed


def canonical_shop(text: str | None) -> str | None:
    """Return the canonical `{shop}.myshopify.com` in lower case, or None for anything else.

    The whole text has to match: no scheme, port, path, user, trailing dot or space, and nothing beyond ASCII, where
    letters that only look alike would begin.
    """
    if text is None or not text.isascii():
        return None
    lower = text.lower()
    return lower if SHOP_DOMAIN.fullmatch(lower) else None


def webhook_is_genuine(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Tell whether `header` (X-Shopify-Hmac-SHA256) signs the raw `body`. Never raises for what a stranger sent."""
    given = (header or "").encode("utf-8", "surrogatepass")
    good = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        good |= hmac.compare_digest(base64.b64encode(digest), given)
    return good and bool(given)


def proxy_request(query: str, secrets: Sequence[str], now: datetime) -> ProxyRequest:
    """Return what a signed app-proxy query string says; raise SignatureRefused."""
    pairs = _pairs(query)
    names = [name for name, _ in pairs]
    if any(names.count(name) > 1 for name in ONCE):
        raise SignatureRefused("a signed field is repeated")
    params = {name: ",".join(value for key, value in pairs if key == name) for name in names}
    signature = params.pop("signature", "")
    # The signed text has no separators: `a=1b=2` may be one field or two. A value that spells a field Shopify fills
    # in could be such a re-cut of a genuine request, so it is not believed.
    if any(f"{name}=" in value or f"{name}=" in key for key, value in params.items() for name in ONCE):
        raise SignatureRefused("a field holds the name of a signed one")
    message = "".join(f"{name}={params[name]}" for name in sorted(params))
    _refuse_wrong(signature, [message], secrets)
    _refuse_stale(params.get("timestamp"), now)
    domain = canonical_shop(params.get("shop"))
    if domain is None:
        raise SignatureRefused("shop is not a shop's domain")
    customer = params.get("logged_in_customer_id", "")
    if customer and not CUSTOMER.fullmatch(customer):
        raise SignatureRefused("logged_in_customer_id is not an id")
    return ProxyRequest(shop_domain=domain, customer_id=int(customer) if customer else None, params=params)


def signed_query(query: str, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Return the fields of a query string Shopify signed with `hmac` (OAuth, app home); raise SignatureRefused.

    `shop` in the answer is canonical. Shopify's packages disagree on how values are written before signing; for what
    Shopify really sends they agree. Both ways are tried: no two different queries come out the same in either.
    """
    pairs = _pairs(query)
    params = dict(pairs)
    if len(params) != len(pairs):
        raise SignatureRefused("a field is repeated")
    signature = params.pop("hmac", "")
    signed = sorted((name, value) for name, value in params.items() if name != "signature")
    plain = "&".join(f"{_escaped(name, '%&=')}={_escaped(value, '%&')}" for name, value in signed)
    encoded = "&".join(f"{quote(name, safe=URI_SAFE)}={quote(value, safe=URI_SAFE)}" for name, value in signed)
    _refuse_wrong(signature, [plain, encoded], secrets)
    _refuse_stale(params.get("timestamp"), now)
    domain = canonical_shop(params.get("shop"))
    if domain is None:
        raise SignatureRefused("shop is not a shop's domain")
    return params | {"shop": domain}


def _pairs(query: str) -> list[tuple[str, str]]:
    if len(query) > MAX_QUERY_CHARS:
        raise SignatureRefused("the query is too long")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
        "".join(name + value for name, value in pairs).encode()
    except ValueError:
        raise SignatureRefused("the query cannot be read") from None
    return pairs


def _escaped(text: str, characters: str) -> str:
    for character in characters:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _refuse_wrong(signature: str, messages: Sequence[str], secrets: Sequence[str]) -> None:
    if not SIGNATURE_HEX.fullmatch(signature):
        raise SignatureRefused("the signature is missing or malformed")
    good = False
    for secret in secrets:
        for message in messages:
            expected = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
            good |= hmac.compare_digest(expected, signature)
    if not good:
        raise SignatureRefused("the signature does not match")


def _refuse_stale(timestamp: str | None, now: datetime) -> None:
    if timestamp is None or not TIMESTAMP.fullmatch(timestamp):
        raise SignatureRefused("the timestamp is missing or malformed")
    if abs(int(timestamp) - now.timestamp()) > TOLERANCE.total_seconds():
        raise SignatureRefused("the timestamp is too far from now")
