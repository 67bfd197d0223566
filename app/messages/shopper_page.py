"""Render a signed page: the shop's name on top, the reader's language, nothing that leaks the address of the page."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.messages.page_words import words
from app.shops.models import ShopProfile

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https: http://127.0.0.1:*; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def profile(session: Session) -> ShopProfile:
    """Return who speaks on the page."""
    return session.scalars(select(ShopProfile).where(ShopProfile.shop_id == entered_shop(session))).one()


def page(session: Session, template: str, locale: str, status: int = 200, **values: Any) -> Response:
    """Return a page of templates/shopper in the reader's language."""
    html = render_template(f"shopper/{template}", words=words(locale), locale=locale, shop=profile(session), **values)
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key to the page
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
