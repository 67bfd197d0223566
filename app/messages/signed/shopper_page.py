"""Render a signed page: the shop's name on top, the reader's language, nothing that leaks the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.kit.errors import NotFound, TooLarge
from app.kit.runtime import current
from app.kit.work import entered_shop
from app.shops.models import ShopProfile

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https:{pictures}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LEAVING = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def profile(session: Session) -> ShopProfile:
    """Return who speaks on the page; raise NotFound for a shop that was erased."""
    found = session.scalars(select(ShopProfile).where(ShopProfile.shop_id == entered_shop(session))).one_or_none()
    if found is None:
        raise NotFound
    return found


def form(most_bytes: int) -> MultiDict[str, str]:
    """Return the submitted form; raise TooLarge over `most_bytes`."""
    if (request.content_length or 0) > most_bytes:
        raise TooLarge(f"A form may have {most_bytes // 1000} KB at most.")
    request.max_content_length = most_bytes
    return request.form


def page(session: Session, template: str, said: Mapping[str, str], status: int = 200, **values: Any) -> Response:
    """Return a page of templates/shopper with the words `said`, which are all in one language."""
    shop = profile(session)
    shop_url = shop.primary_url if shop.primary_url.startswith(("https://", "http://")) else ""
    html = render_template(f"shopper/{template}", words=said, shop=shop, shop_url=shop_url, **values)
    response = make_response(html, status)
    pictures = f" {gateway}" if (gateway := current().config.gateway_url) else ""
    response.headers["Content-Security-Policy"] = POLICY.format(pictures=pictures)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key to the page
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def leave(target: str) -> Response:
    """Return the way out of a mail to `target`, an http(s) address; the page there does not learn ours."""
    return Response(status=302, mimetype="text/plain", headers={"Location": target, **LEAVING})
