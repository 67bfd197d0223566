"""Sign what Shopify signs: ID tokens and the queries of embedded loads and OAuth callbacks.

Everything here runs on real time: a moved demo clock must never make a signature older than it is.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

ID_TOKEN_LIFETIME = timedelta(seconds=60)
LEEWAY = timedelta(seconds=10)


class BadIdToken(ValueError):
    """The token is malformed, forged, stale or meant for someone else."""


def mint_id_token(
    *, shop_domain: str, client_id: str, secret: str, user_id: str, session_id: str, now: datetime
) -> str:
    """Return a JWT as App Bridge hands it to an embedded app, valid for 60 seconds from `now`."""
    issued = int(now.timestamp())
    claims = {
        "iss": f"https://{shop_domain}/admin",
        "dest": f"https://{shop_domain}",
        "aud": client_id,
        "sub": user_id,
        "exp": issued + int(ID_TOKEN_LIFETIME.total_seconds()),
        "nbf": issued,
        "iat": issued,
        "jti": str(uuid.uuid4()),
        "sid": session_id,
        # Shopify adds a signature of its own that no app can check; its length is what matters to a decoder.
        "sig": hashlib.sha256(f"{shop_domain}{user_id}{issued}".encode()).hexdigest(),
    }
    head = _segment({"alg": "HS256", "typ": "JWT"})
    body = _segment(claims)
    return f"{head}.{body}.{_mac(f'{head}.{body}', secret)}"


def read_id_token(token: str, *, shop_domain: str, client_id: str, secret: str, now: datetime) -> dict[str, Any]:
    """Return the claims of a token of ours for this shop and app.

    Raises BadIdToken when the signature, the times, the audience or the shop do not fit.
    """
    head, _, rest = token.partition(".")
    body, _, mac = rest.partition(".")
    if not hmac.compare_digest(_mac(f"{head}.{body}", secret).encode(), mac.encode()):
        raise BadIdToken("signature")
    try:
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError as fault:
        raise BadIdToken("payload") from fault
    moment = now.timestamp()
    slack = LEEWAY.total_seconds()
    if not claims["nbf"] - slack <= moment <= claims["exp"] + slack:
        raise BadIdToken("time")
    if claims["aud"] != client_id or claims["dest"] != f"https://{shop_domain}":
        raise BadIdToken("audience")
    return claims


def sign_query(parameters: Mapping[str, str], secret: str) -> str:
    """Return the parameters as a query string with Shopify's `hmac`: sorted, SHA-256, hex."""
    ordered = dict(sorted(parameters.items()))
    mac = hmac.new(secret.encode(), urlencode(ordered).encode(), hashlib.sha256).hexdigest()
    return urlencode({**ordered, "hmac": mac})


def host_parameter(shop: str) -> str:
    """Return the `host` parameter: the admin's address of the shop, base64 without padding."""
    return base64.urlsafe_b64encode(f"admin.shopify.com/store/{shop}".encode()).decode().rstrip("=")


def _segment(value: Mapping[str, Any]) -> str:
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(text: str, secret: str) -> str:
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
