"""An expiring offline token with its refresh token, and the ways of not getting one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopify_app import ShopifyApp, TokenExchangeResult

from app.shopify.payloads import PayloadError
from app.shopify.payloads.fields import Fields

RENEW_BEFORE = timedelta(minutes=5)  # a job that starts with this much left still ends with a living token
REFRESH_LIFETIME = timedelta(days=90)
RENEW_REFRESH_AFTER = timedelta(days=60)  # a shop nobody opens keeps its connection


class TokenFault(Exception):
    """Say why Shopify gave no token. No text of these holds a secret."""


class StaleIdToken(TokenFault):
    """Say that the ID token was too old to exchange: the page has to be asked for a fresh one."""


class GrantRefused(TokenFault):
    """Say that a refresh token or a code is worth nothing any more."""


class ClientRefused(TokenFault):
    """Say that Shopify does not know us there: the app is not installed, or our secret is wrong."""


class TokenUnavailable(TokenFault):
    """Say that Shopify did not answer, or answered with what is no token pair. Worth another try later."""


FAULTS = {
    "invalid_subject_token": StaleIdToken,
    "invalid_grant": GrantRefused,
    "refresh_token_expired": GrantRefused,
    "invalid_client": ClientRefused,
}


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Hold two secrets Shopify issued together. Instants are aware UTC; the secrets stay out of every repr."""

    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime
    scopes: frozenset[str]


def is_due(access_expires_at: datetime, now: datetime) -> bool:
    """Tell whether an access token should be renewed before it is used (real time)."""
    return access_expires_at - now < RENEW_BEFORE


def library(client_id: str, client_secret: str) -> ShopifyApp:
    """Return Shopify's own package set up for this app."""
    return ShopifyApp(client_id, client_secret)


def pair_of(result: TokenExchangeResult) -> TokenPair:
    """Return the pair in an answer of Shopify's package; raise the TokenFault it amounts to.

    The package takes an answer without a token, an expiry or a refresh token for success; this does not.
    """
    if not result.ok or result.access_token is None:
        raise FAULTS.get(result.log.code, TokenUnavailable)(result.log.code)
    given = result.access_token
    return read_pair(
        {
            "token": given.token,
            "expires": given.expires,
            "refresh": given.refresh_token,
            "refresh_expires": given.refresh_token_expires,
            "scope": given.scope,
        },
    )


def read_pair(values: dict[str, object]) -> TokenPair:
    """Return the pair in plain values with instants as text; raise TokenUnavailable when one is missing or odd."""
    it = Fields(values)
    try:
        return TokenPair(
            access_token=it.text("token"),
            access_expires_at=it.moment("expires"),
            refresh_token=it.text("refresh"),
            refresh_expires_at=it.moment("refresh_expires"),
            scopes=frozenset(it.words("scope")),
        )
    except PayloadError as fault:
        raise TokenUnavailable(f"unusable answer: {fault}") from None
