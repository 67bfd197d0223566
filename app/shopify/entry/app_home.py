"""Let merchants in: every admin page and fetch carries an ID token that two verifiers believe.

A document without a token that lives is sent through the bounce page, where App Bridge gets a fresh one; a fetch is
told to try again with another. A forged token gets neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, make_response, redirect, request
from shopify_app import ShopifyApp

from app.kit import runtime
from app.kit.errors import Unauthorized, Unavailable
from app.kit.runtime import Runtime
from app.shopify import id_token, page_headers
from app.shopify.entry.token_pair import StaleIdToken, TokenFault
from app.shopify.id_token import IdToken, IdTokenRefused, IdTokenStale

PATCH_PATH = "/auth/patch-id-token"
RETRY = "X-Shopify-Retry-Invalid-Session-Request"
BEARER = "Bearer "

Arrive = Callable[[Runtime, str, str], int]


@dataclass(frozen=True, slots=True)
class Opened:
    """Say who opened the app in which shop, and with what token (to be exchanged while it is fresh)."""

    who: IdToken
    token: str = field(repr=False)


def guard(blueprint: Blueprint) -> None:
    """Let only merchants reach a blueprint's routes; inside them `g.shop_id` and `g.opened` say whose and who."""
    blueprint.before_request(require_merchant)


def require_merchant() -> Response | None:
    """Set `g.opened`, `g.shop_domain` and `g.shop_id`, or return the answer that gets a fresh token.

    Raises Unauthorized for a token nobody issued, and Unavailable when Shopify cannot be asked for the shop's first
    access token.
    """
    here = runtime.current()
    try:
        opened = _read(here)
        arrive: Arrive = here.parts["merchant_arrived"]
        g.opened, g.shop_domain = opened, opened.who.shop_domain
        g.shop_id = arrive(here, opened.who.shop_domain, opened.token)
    except (IdTokenStale, StaleIdToken):
        return ask_for_fresh_token()
    except IdTokenRefused as refused:
        page_headers.frame_for_claimed_shop()  # or the sentence could not be read where the merchant is
        raise Unauthorized("Shopify did not send you here. Open Welltimed from your Shopify admin.") from refused
    except TokenFault as fault:
        raise Unavailable(
            "Shopify does not let us into this shop. If it goes on, open Welltimed from your Shopify admin."
        ) from fault
    return None


def ask_for_fresh_token() -> Response:
    """Return 401 with App Bridge's retry header for a fetch, the way to the bounce page for a document."""
    if "Authorization" in request.headers or not _is_document():
        answer = make_response({"error": {"code": "id_token", "message": "The ID token is missing or too old."}}, 401)
        answer.headers[RETRY] = "1"
        return answer
    query = {name: value for name, value in request.args.items() if name not in {"id_token", "shopify-reload"}}
    path = request.path + (f"?{urlencode(query)}" if query else "")
    answer = make_response(redirect(f"{PATCH_PATH}?{urlencode(query | {'shopify-reload': path}, quote_via=quote)}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read(here: Runtime) -> Opened:
    """Return who opened the app; raise IdTokenStale when no token came or its minute is over, else IdTokenRefused."""
    header = request.headers.get("Authorization", "")
    if header and not header.startswith(BEARER):
        raise IdTokenRefused("the Authorization header is no bearer token")
    if not header and not _is_document():
        raise IdTokenStale("a fetch without a token")
    sent = [header.removeprefix(BEARER)] if header else request.args.getlist("id_token")
    if len(sent) > 1:
        raise IdTokenRefused("more than one token")
    if not sent or not sent[0]:
        raise IdTokenStale("no token")
    config = here.config
    who = id_token.read(sent[0], config.api_key, config.api_secrets)
    shopify = ShopifyApp(config.api_key, config.api_secret, config.api_secret_old)
    second = shopify.verify_app_home_req(
        {
            "method": request.method,
            "headers": {"Authorization": header} if header else {},
            "url": f"{config.app_url}{request.path}?{urlencode({'id_token': sent[0]})}",
            "body": "",
        },
        PATCH_PATH,
    )
    if not second.ok or f"{second.shop}.myshopify.com" != who.shop_domain:
        raise IdTokenRefused("Shopify's own package does not believe the token")
    return Opened(who, sent[0])


def _is_document() -> bool:
    """Tell whether a browser loads a page, by what only browsers can set; by GET alone where they set nothing."""
    asked_by = request.headers.get("Sec-Fetch-Dest")
    if request.method != "GET" or "HX-Request" in request.headers:
        return False
    return asked_by in {None, "document", "iframe", "frame"}
