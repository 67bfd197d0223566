"""Wipe what opened a shop once it has left: nothing of a dead install's secrets is worth keeping."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.shops.install import ShopUninstalled
from app.shops.models import AccessToken


def shop_uninstalled(session: Session, event: ShopUninstalled) -> None:
    """Delete the token pairs of the install that ended, and of any before it."""
    session.execute(
        delete(AccessToken).where(AccessToken.shop_id == event.shop_id, AccessToken.generation <= event.generation)
    )
