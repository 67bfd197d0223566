"""`/auth…`: the bounce page, and the authorization-code grant for a shop that comes without an ID token.

No page asks for a shop's name: the grant begins with a query Shopify signed, or not at all.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request

from app.kit import runtime
from app.kit.clock import real_now
from app.kit.errors import Invalid, Unauthorized, Unavailable
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify import page_headers, scopes, signatures
from app.shopify.entry import exchange, grant
from app.shopify.entry.token_pair import GrantRefused, TokenFault, TokenPair
from app.shopify.signatures import SignatureRefused
from app.shopify.urls import ShopifyUrls

COOKIE = "welltimed_oauth_state"
MAX_CODE_CHARS = 255

blueprint = Blueprint("auth", __name__)

Connected = Callable[[Runtime, str, TokenPair], int]


@blueprint.get("/auth/patch-id-token")
def patch_id_token() -> str:
    """Show a page that holds App Bridge alone: it gets an ID token and goes back to `shopify-reload`."""
    back = request.args.get("shopify-reload", "/")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        raise Invalid("shopify-reload must be a path of this app.", field="shopify-reload")
    page_headers.frame_for_claimed_shop()
    config = runtime.current().config
    return render_template(
        "auth/patch_id_token.html", api_key=config.api_key, app_bridge=ShopifyUrls(config.gateway_url).app_bridge
    )


@blueprint.get("/auth")
def begin() -> Response:
    """Send the merchant to Shopify's permission page, remembering this browser for ten minutes."""
    here = runtime.current()
    asked = _signed_query(here)
    with unit_of_work(here) as session:
        state = grant.begin(session, asked["shop"], real_now())
    query = {
        "client_id": here.config.api_key,
        "scope": ",".join(scopes.REQUIRED),
        "redirect_uri": f"{here.config.app_url}/auth/callback",
        "state": state,
    }
    there = ShopifyUrls(here.config.gateway_url).authorize(asked["shop"])
    answer = make_response(redirect(f"{there}?{urlencode(query)}"))
    answer.set_cookie(
        COOKIE,
        state,
        max_age=int(grant.LIFETIME.total_seconds()),
        path="/auth/callback",
        secure=here.config.app_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/auth/callback")
def callback() -> Response:
    """Turn Shopify's code into the shop's token pair, once, in the browser that asked; then show the app."""
    here = runtime.current()
    told = _signed_query(here)
    state, code = told.get("state", ""), told.get("code", "")
    remembered = request.cookies.get(COOKIE, "")
    if not state or not hmac.compare_digest(state.encode(), remembered.encode()):
        raise Unauthorized("This browser did not ask for that. Open Welltimed from your Shopify admin.")
    if not 0 < len(code) <= MAX_CODE_CHARS:
        raise Invalid("The code is missing.", field="code")
    with unit_of_work(here) as session:
        if not grant.use(session, state, told["shop"], real_now()):
            raise Unauthorized("That was used before, or is too old. Open Welltimed from your Shopify admin.")
    pair = _redeem(here, told["shop"], code)
    connected: Connected = here.parts["shop_connected"]
    connected(here, told["shop"], pair)
    answer = make_response(redirect(ShopifyUrls(here.config.gateway_url).admin_app(told["shop"], here.config.api_key)))
    answer.delete_cookie(COOKIE, path="/auth/callback")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _signed_query(here: Runtime) -> dict[str, str]:
    try:
        query = request.query_string.decode("ascii")
        return signatures.signed_query(query, here.config.api_secrets, real_now())
    except (SignatureRefused, UnicodeDecodeError):
        raise Unauthorized("Shopify did not send you here. Open Welltimed from your Shopify admin.") from None


def _redeem(here: Runtime, shop_domain: str, code: str) -> TokenPair:
    config = here.config
    try:
        pair = exchange.redeem_code(
            here.parts["http"], config.api_key, config.api_secret, shop_domain, code, real_now()
        )
    except GrantRefused:
        raise Unauthorized("Shopify no longer accepts that. Open Welltimed from your Shopify admin.") from None
    except TokenFault:
        raise Unavailable(
            "Shopify does not let us into this shop. If it goes on, open Welltimed from your Shopify admin."
        ) from None
    if scopes.missing(pair.scopes):
        raise Unauthorized("Welltimed was not given what it needs to read. Open it from your Shopify admin again.")
    return pair
