"""Apps: what is installed, the page that asks before installing, and the way out."""

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from devstore.admin.frame import app_file, blueprint, in_shop, show
from devstore.platform.announce import install_app, uninstall_app
from devstore.platform.install import NotInstalled, approve, installation_of
from devstore.platform.scopes import reason
from devstore.world.shop import redact_shop


@blueprint.get("/<handle>/apps")
def app_list(handle: str) -> Response:
    """Show the one app there is, installed or to be installed."""
    with in_shop(handle) as (session, shop):
        row = installation_of(session, shop) if shop.installed else None
        scopes = [(scope, reason(scope)) for scope in row.scopes] if row else []
        return show(session, shop, "apps", title="Apps", scopes=scopes, level=row.data_level if row else None)


@blueprint.get("/<handle>/install")
def install_page(handle: str) -> ResponseReturnValue:
    """Ask before installing: every scope with what it is for."""
    with in_shop(handle) as (session, shop):
        app = app_file()
        if shop.installed:
            return redirect(f"/admin/{shop.handle}/apps/{app.handle}")
        scopes = [(scope, reason(scope)) for scope in app.scopes]
        optional = [(scope, reason(scope)) for scope in app.optional_scopes]
        return show(session, shop, "install", title=f"Install {app.name}", scopes=scopes, optional=optional)


@blueprint.post("/<handle>/install")
def install(handle: str) -> ResponseReturnValue:
    """Install the app and open it."""
    with in_shop(handle, announce=True) as (session, shop):
        install_app(session, shop)
        return redirect(f"/admin/{shop.handle}/apps/{app_file().handle}", code=303)


@blueprint.post("/<handle>/uninstall")
def uninstall(handle: str) -> ResponseReturnValue:
    """Uninstall the app; one that is not there is left so."""
    with in_shop(handle, announce=True) as (session, shop):
        try:
            uninstall_app(session, shop)
        except NotInstalled:
            return redirect(f"/admin/{shop.handle}/apps", code=303)
        return redirect(f"/admin/{shop.handle}/apps", code=303)


@blueprint.post("/<handle>/redact")
def redact(handle: str) -> ResponseReturnValue:
    """Send shop/redact, which Shopify sends 48 hours after an uninstall."""
    with in_shop(handle, announce=True) as (session, shop):
        if not shop.installed and shop.uninstalled_at is not None:
            redact_shop(session, shop)
        return redirect(f"/admin/{shop.handle}/apps", code=303)


@blueprint.post("/<handle>/protected-data")
def protected_data(handle: str) -> ResponseReturnValue:
    """Set which customer data Shopify has approved the app for: 0 none, 1 without name and contact, 2 all."""
    with in_shop(handle, announce=False) as (session, shop):
        level = request.form.get("level", "2")
        if shop.installed and level in {"0", "1", "2"}:
            approve(session, shop, int(level))
        return redirect(f"/admin/{shop.handle}/apps", code=303)
