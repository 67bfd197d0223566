"""Know whether Shopify has opened customer data to us.

Approval is asked for in the Partner dashboard, and nobody tells the app when it comes: each answer of the Admin API is
taken for what it shows.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.shops.models import ShopProfile


def note_access(session: Session, *, is_open: bool) -> None:
    """Keep what an answer showed, with the time it changed (business time); the same again changes nothing."""
    session.execute(
        update(ShopProfile)
        .where(ShopProfile.shop_id == entered_shop(session), ShopProfile.data_access.is_(not is_open))
        .values(data_access=is_open, data_access_changed_at=business_now(session)),
    )


def is_open(session: Session) -> bool:
    """Tell whether customer data reaches us, as far as any answer has shown."""
    closed = select(ShopProfile.id).where(
        ShopProfile.shop_id == entered_shop(session), ShopProfile.data_access.is_(False)
    )
    return session.scalar(closed) is None


def opened_after(session: Session, instant: datetime) -> bool:
    """Tell whether customer data was opened after an instant and still is."""
    opened = select(ShopProfile.id).where(
        ShopProfile.shop_id == entered_shop(session),
        ShopProfile.data_access,
        ShopProfile.data_access_changed_at > instant,
    )
    return session.scalar(opened) is not None
