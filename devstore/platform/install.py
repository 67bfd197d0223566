"""Install, remove and re-scope the app, as a merchant does in the admin.

Whoever calls these also announces what changed by webhook: `devstore/platform/announce.py` does both at once.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from devstore.platform.app_file import AppFile
from devstore.platform.declare import declare
from devstore.platform.scopes import with_implied
from devstore.platform.tables import Installation, Token
from devstore.state.models import Shop

EVERYTHING = 2  # the level of data about customers that development stores have without asking


class NotInstalled(LookupError):
    """The app is not in this shop."""


class ScopeRefused(ValueError):
    """The app's configuration does not allow the scope to be granted or taken away."""


def installation_of(session: Session, shop: Shop) -> Installation:
    """Return the shop's installation.

    Raises NotInstalled.
    """
    row = session.get(Installation, shop.id)
    if row is None or not shop.installed:
        raise NotInstalled(shop.handle)
    return row


def install(session: Session, shop: Shop, app: AppFile, *, app_id: int, now: datetime) -> Installation:
    """Put the app into the shop with its required scopes; a second time changes nothing.

    `now` is the store's time. A reinstallation is a new generation and starts without the optional scopes.
    """
    row = _row(session, shop)
    if not shop.installed:
        row.generation += 1
        row.scopes = list(app.scopes)
        shop.installed = True
        shop.installed_at = now
        shop.uninstalled_at = None
    session.flush()
    declare(session, shop.id, app, app_id=app_id, now=now)
    return row


def approve(session: Session, shop: Shop, level: int) -> None:
    """Set which customer data the app may see here: 0 none, 1 without name and contact, 2 all; also beforehand."""
    _row(session, shop).data_level = level


def approved_level(session: Session, shop: Shop) -> int:
    """Return which customer data the app may see, or would see once installed."""
    row = session.get(Installation, shop.id)
    return EVERYTHING if row is None else row.data_level


def _row(session: Session, shop: Shop) -> Installation:
    row = session.get(Installation, shop.id, with_for_update=True)
    if row is None:
        row = Installation(shop_id=shop.id, generation=0, scopes=[], data_level=EVERYTHING)
        session.add(row)
    return row


def uninstall(session: Session, shop: Shop, *, now: datetime, real_now: datetime) -> None:
    """Take the app out of the shop: every token dies, what it wrote stays as Shopify keeps it.

    Raises NotInstalled.
    """
    row = installation_of(session, shop)
    row.scopes = []
    shop.installed = False
    shop.uninstalled_at = now
    session.execute(
        update(Token).where(Token.shop_id == shop.id, Token.revoked_at.is_(None)).values(revoked_at=real_now)
    )


def grant_scopes(session: Session, shop: Shop, app: AppFile, wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Add optional scopes and return the scopes before and after.

    Raises NotInstalled, and ScopeRefused for a scope the configuration does not list.
    """
    row = installation_of(session, shop)
    asked = list(wanted)
    unknown = sorted(set(asked) - set(app.optional_scopes) - with_implied(app.scopes))
    if unknown:
        raise ScopeRefused(f"Not listed as optional in the app's configuration: {', '.join(unknown)}.")
    before = list(row.scopes)
    row.scopes = before + [scope for scope in asked if scope not in with_implied(before)]
    return before, list(row.scopes)


def revoke_scopes(session: Session, shop: Shop, app: AppFile, unwanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Take optional scopes away and return the scopes before and after.

    Raises NotInstalled, and ScopeRefused for a required scope.
    """
    row = installation_of(session, shop)
    asked = set(unwanted)
    required = sorted(asked & set(app.scopes))
    if required:
        raise ScopeRefused(f"Required by the app: {', '.join(required)}.")
    before = list(row.scopes)
    row.scopes = [scope for scope in before if scope not in asked]
    return before, list(row.scopes)


def shop_by_handle(session: Session, handle: str) -> Shop | None:
    """Return the shop with this bare name."""
    return session.scalars(select(Shop).where(Shop.handle == handle)).one_or_none()
