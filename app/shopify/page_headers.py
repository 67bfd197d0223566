"""Headers of every HTML page: who may frame it, and what it may load of Shopify's."""

from __future__ import annotations

from flask import Flask, Response, g, request

from app.kit import runtime
from app.shopify import signatures
from app.shopify.urls import ShopifyUrls


def register(app: Flask) -> None:
    """Put the headers on every HTML answer of the app."""
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Name the only places that may frame the page: the admin of the shop it was verified for, else nobody."""
    if response.mimetype != "text/html":
        return response
    shop_domain: str | None = g.get("shop_domain")
    ancestors = f"frame-ancestors {ShopifyUrls(runtime.current().config.gateway_url).frame_ancestors(shop_domain)}"
    policy = response.headers.get("Content-Security-Policy")
    if policy is None:
        response.headers["Content-Security-Policy"] = f"{ancestors}; base-uri 'none'; object-src 'none'"
    elif "frame-ancestors" not in policy:
        response.headers["Content-Security-Policy"] = f"{policy.rstrip('; ')}; {ancestors}"
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if shop_domain is not None:
        # Embedded addresses carry an ID token: no cache keeps such a page.
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Link", ShopifyUrls(runtime.current().config.gateway_url).preload())
    return response


def frame_for_claimed_shop() -> None:
    """Let the shop named in the address frame a page that holds nothing of any shop: the bounce page, a refusal."""
    g.shop_domain = signatures.canonical_shop(request.args.get("shop"))
