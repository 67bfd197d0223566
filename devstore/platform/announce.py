"""Do what a merchant does to the app, and tell the app by webhook."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from devstore.clock.now import real_now, store_now
from devstore.config import settings
from devstore.platform.app_file import read_app_file
from devstore.platform.install import grant_scopes, install, revoke_scopes, uninstall
from devstore.platform.names import app_number
from devstore.platform.tables import Installation
from devstore.state.models import Shop, gid
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.shop import shop_payload


def install_app(session: Session, shop: Shop) -> Installation:
    """Install the app with the scopes its configuration requires; Shopify sends no webhook for this."""
    told = settings()
    return install(
        session, shop, read_app_file(told.app_folder), app_id=app_number(told.api_key), now=store_now(session)
    )


def uninstall_app(session: Session, shop: Shop) -> None:
    """Uninstall the app and announce app/uninstalled.

    Raises NotInstalled.
    """
    uninstall(session, shop, now=store_now(session), real_now=real_now())
    announce(session, shop, "app/uninstalled", shop_payload(shop), anyway=True)


def grant(session: Session, shop: Shop, scopes: Iterable[str]) -> None:
    """Grant optional scopes and announce app/scopes_update if anything changed.

    Raises NotInstalled, ScopeRefused.
    """
    before, after = grant_scopes(session, shop, read_app_file(settings().app_folder), scopes)
    _scopes_changed(session, shop, before, after)


def revoke(session: Session, shop: Shop, scopes: Iterable[str]) -> None:
    """Take optional scopes away and announce app/scopes_update if anything changed.

    Raises NotInstalled, ScopeRefused.
    """
    before, after = revoke_scopes(session, shop, read_app_file(settings().app_folder), scopes)
    _scopes_changed(session, shop, before, after)


def _scopes_changed(session: Session, shop: Shop, before: list[str], after: list[str]) -> None:
    if before == after:
        return
    payload = {
        "id": app_number(settings().api_key),
        "previous": before,
        "current": after,
        "updated_at": store_now(session).isoformat(),
        "shop_id": gid("Shop", shop.id),
    }
    announce(session, shop, "app/scopes_update", payload)
