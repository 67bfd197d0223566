"""Let the stars themes read be written, or stop it; what was asked for before the access came is asked for again."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.reviews.settings import StandardStars
from app.reviews.storefront.keep_summary import STARS_CALL
from app.reviews.storefront.renew_storefront import renew_all
from app.reviews.storefront.standard_stars import SCOPE
from app.shopify.models import CallState, OutgoingCall
from app.shops import settings
from app.shops.granted import granted_scopes
from app.shops.topics import ScopesChanged


def let_stars(session: Session, *, allowed: bool, by: str) -> None:
    """Keep the merchant's choice; where it allows, every product that has reviews is written anew."""
    before = settings.load(session, StandardStars)
    if before.allowed is allowed:
        return
    settings.save(session, replace(before, allowed=allowed), by=by)
    if allowed:
        renew_all(session)


def scopes_changed(session: Session, event: ScopesChanged) -> None:
    """Write what could not be written before the access was there."""
    if SCOPE in granted_scopes(session) and settings.load(session, StandardStars).allowed:
        renew_all(session)


def left_alone(session: Session) -> dict[str, int]:
    """Return why products' stars are not written, each reason with how many products it holds for."""
    rows = session.execute(
        select(OutgoingCall.reason, func.count())
        .where(OutgoingCall.shop_id == entered_shop(session), OutgoingCall.kind == STARS_CALL)
        .where(OutgoingCall.state == CallState.FAILED)
        .group_by(OutgoingCall.reason)
        .order_by(OutgoingCall.reason)
    )
    return {(reason or "It failed.").removeprefix("NotNow: "): many for reason, many in rows}
