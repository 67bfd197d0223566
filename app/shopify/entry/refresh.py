"""Renew a token pair. A lost reply costs nothing: the old refresh token works until the new one is first used."""

from __future__ import annotations

import httpx
from shopify_app import TokenExchangeAccessToken

from app.shopify.entry.token_pair import GrantRefused, TokenPair, TokenUnavailable, library, pair_of

LONG_AGO = "2000-01-01T00:00:00Z"  # whether a refresh is due is decided here, not by the package


def refresh(
    client: httpx.Client, client_id: str, client_secret: str, shop_domain: str, refresh_tokens: tuple[str, ...]
) -> TokenPair:
    """Return a new pair for the first refresh token Shopify still honours; raise GrantRefused when it honours none.

    `refresh_tokens` are the newest first: the one stored with the living pair, then the one before it. The second
    matters when a newer one was stored that Shopify never got to keep, as after a database was restored.
    """
    for token in refresh_tokens:
        try:
            return _refresh(client, client_id, client_secret, shop_domain, token)
        except GrantRefused:
            continue
    raise GrantRefused("Shopify honours none of the stored refresh tokens")


def _refresh(
    client: httpx.Client, client_id: str, client_secret: str, shop_domain: str, refresh_token: str
) -> TokenPair:
    spent = TokenExchangeAccessToken(
        shop=shop_domain.removesuffix(".myshopify.com"),
        token="",
        expires=LONG_AGO,
        scope="",
        access_mode="offline",
        refresh_token=refresh_token,
        refresh_token_expires=None,
        user=None,
    )
    try:
        result = library(client_id, client_secret).refresh_token_exchanged_access_token(spent, http_client=client)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise TokenUnavailable("unusable answer") from None
    return pair_of(result)
