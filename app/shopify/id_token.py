"""Decode the ID tokens App Bridge sends: the only file that reads them. Pure but for the wall clock inside python-jose.

Stricter than Shopify's own packages on purpose: they take a token without `exp`, and `iss` and `dest` of two shops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jose import jwk, jwt
from jose.exceptions import ExpiredSignatureError, JOSEError

from app.shopify import signatures

LEEWAY_S = 10  # App Bridge's clock runs ahead at times; Shopify's own packages allow the same
MAX_LIFETIME_S = 300  # Shopify issues them for a minute
MAX_CHARS = 4_096
MAX_CLAIM_CHARS = 255

OPTIONS = {
    "require_aud": True,
    "require_exp": True,
    "require_nbf": True,
    "require_iat": True,
    "require_iss": True,
    "require_sub": True,
    "require_jti": True,
    "verify_at_hash": False,  # Shopify never sends at_hash
    "leeway": LEEWAY_S,
}

ISSUER = re.compile(r"https://([A-Za-z0-9.-]+)/admin")
DESTINATION = re.compile(r"https://([A-Za-z0-9.-]+)")
USER = re.compile(r"[0-9]{1,19}")


class IdTokenRefused(Exception):
    """Say why an ID token is not believed; the text names no value of the token."""


class IdTokenStale(IdTokenRefused):
    """Say that the token was genuine and its minute is over: App Bridge will send a fresh one when asked."""


@dataclass(frozen=True, slots=True)
class IdToken:
    """Say who opened the app in which shop. `expires_at` is aware UTC."""

    shop_domain: str
    user_id: str
    session_id: str
    token_id: str
    expires_at: datetime


def read(token: str, client_id: str, secrets: Sequence[str]) -> IdToken:
    """Return what a genuine token for this app says; raise IdTokenStale or IdTokenRefused.

    `secrets` are the client secrets that may have signed it, the current one first.
    """
    claims = _signed_claims(token, client_id, secrets)
    if claims["aud"] != client_id:
        raise IdTokenRefused("aud is not this app alone")  # python-jose would also take a list that holds it
    issued, starts, ends = (_instant(claims, name) for name in ("iat", "nbf", "exp"))
    if not 0 < ends - issued <= MAX_LIFETIME_S or not issued - LEEWAY_S <= starts < ends:
        raise IdTokenRefused("iat, nbf and exp do not fit together")
    issuer, destination = ISSUER.fullmatch(_text(claims, "iss")), DESTINATION.fullmatch(_text(claims, "dest"))
    shop = signatures.canonical_shop(destination[1]) if destination else None
    if shop is None or issuer is None or signatures.canonical_shop(issuer[1]) != shop:
        raise IdTokenRefused("iss and dest do not name one shop")
    user = _text(claims, "sub")
    if not USER.fullmatch(user):
        raise IdTokenRefused("sub is not a user's id")
    return IdToken(
        shop_domain=shop,
        user_id=user,
        session_id=_text(claims, "sid"),
        token_id=_text(claims, "jti"),
        expires_at=datetime.fromtimestamp(ends, UTC),
    )


def _signed_claims(token: str, client_id: str, secrets: Sequence[str]) -> Mapping[str, Any]:
    """Return the claims of a token signed with any of the secrets, its times and audience checked."""
    if not token.isascii() or len(token) > MAX_CHARS:
        raise IdTokenRefused("the token is malformed")
    stale = False
    for secret in secrets:
        try:
            # A constructed key, because a bare string that happens to be JSON would be read as a key set.
            claims = jwt.decode(
                token, jwk.construct(secret, "HS256"), algorithms=["HS256"], audience=client_id, options=OPTIONS
            )
        except ExpiredSignatureError:
            stale = True
        except (JOSEError, ValueError, TypeError, OverflowError, AttributeError, RecursionError):
            continue  # another secret may have signed it; of ill-typed claims python-jose raises plain errors
        else:
            return claims
    if stale:
        raise IdTokenStale("the token has expired")
    raise IdTokenRefused("the token is not signed for this app, or a claim is missing or not valid now")


def _instant(claims: Mapping[str, Any], name: str) -> int:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise IdTokenRefused(f"{name} is not a whole number of seconds")
    return value


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLAIM_CHARS:
        raise IdTokenRefused(f"{name} is missing or not text")
    return value
