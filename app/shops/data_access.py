"""Know whether Shopify has opened customer data to us.

Approval is asked for in the Partner dashboard, and nobody tells the app when it comes: each answer of the Admin API is
taken for what it shows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.shops.models import ShopProfile

NOTE: Final = """
update shop_profile set data_access = %(open)s, data_access_changed_at = %(now)s
where shop_id = %(shop)s and data_access is distinct from %(open)s"""


def note_access(session: Session, *, is_open: bool) -> None:
    """Keep what an answer showed, with the time it changed (business time); the same again changes nothing."""
    shown = {"shop": entered_shop(session), "open": is_open, "now": business_now(session)}
    one_trip(session, [(NOTE, shown)])


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
