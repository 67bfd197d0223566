"""Get a token pair for a shop: from an ID token (embedded) or from a code (standalone). Asks Shopify over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
from shopify_app import IdTokenDetails

from app.shopify.entry.token_pair import FAULTS, TokenPair, TokenUnavailable, library, pair_of, read_pair
from app.shopify.payloads import PayloadError, parse_body
from app.shopify.payloads.fields import Fields


def exchange_id_token(
    client: httpx.Client, client_id: str, client_secret: str, shop_domain: str, id_token: str
) -> TokenPair:
    """Return an expiring offline pair for an ID token that `id_token.read` has believed; raise a TokenFault."""
    details = IdTokenDetails(exchangeable=True, token=id_token, claims={"dest": f"https://{shop_domain}"})
    try:
        result = library(client_id, client_secret).exchange_using_token_exchange(
            "offline", details, expiring=True, http_client=client
        )
    except (ValueError, TypeError, AttributeError, OverflowError):
        # An answer of 200 that is not the JSON it should be: a proxy's page, a list, a text for a number.
        raise TokenUnavailable("unusable answer") from None
    return pair_of(result)


def redeem_code(
    client: httpx.Client, client_id: str, client_secret: str, shop_domain: str, code: str, now: datetime
) -> TokenPair:
    """Return an expiring offline pair for the code of an authorization-code grant; raise a TokenFault.

    Our own request: the packages that know this grant mint tokens that never expire, which new apps may not use.
    `now` is real time.
    """
    body = {"client_id": client_id, "client_secret": client_secret, "code": code, "expiring": "1"}
    try:
        answer = client.post(f"https://{shop_domain}/admin/oauth/access_token", json=body)
        told = Fields(parse_body(answer.content))
        if answer.status_code != httpx.codes.OK:
            error = told.maybe_text("error") or ""
            raise FAULTS.get(error, TokenUnavailable)(error if error in FAULTS else f"HTTP {answer.status_code}")
        return read_pair(
            {
                "token": told.text("access_token"),
                "expires": _after(now, told.count("expires_in")),
                "refresh": told.text("refresh_token"),
                "refresh_expires": _after(now, told.count("refresh_token_expires_in")),
                "scope": told.maybe_text("scope"),
            },
        )
    except httpx.RequestError:
        raise TokenUnavailable("no answer") from None
    except PayloadError as fault:
        raise TokenUnavailable(f"unusable answer: {fault}") from None


def _after(now: datetime, seconds: int) -> str:
    return (now.astimezone(UTC) + timedelta(seconds=min(seconds, 10**9))).isoformat()
