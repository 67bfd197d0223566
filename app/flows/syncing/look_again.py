"""Ask again about an order whose address Shopify withheld: that access was opened shows nowhere else.

Nothing changes at the shop when Shopify approves an app, so no order comes up as changed and no webhook is sent.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.flows.syncing.sync_deletions import ASKABLE
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.orders.fetch import ask_for_order
from app.orders.models import Order

MOST: Final = 3  # the newest may have been deleted without our knowing


def look_again(session: Session) -> None:
    """Read one of the orders that were withheld again, the newest that can still be had; what it shows is kept."""
    withheld = session.scalars(
        select(Order.shopify_id).where(_withheld(session)).order_by(Order.placed_at.desc()).limit(MOST)
    ).all()
    for shopify_id in withheld:
        if ask_for_order(session, shopify_id) is not None:
            return


def any_withheld(session: Session) -> bool:
    """Tell whether an order within reach is known without its address."""
    return session.scalar(select(Order.id).where(_withheld(session)).limit(1)) is not None


def _withheld(session: Session) -> ColumnElement[bool]:
    within_reach = Order.placed_at > business_now(session) - ASKABLE
    mine = and_(Order.shop_id == entered_shop(session), Order.deleted_at.is_(None))
    return mine & Order.email_withheld & within_reach
