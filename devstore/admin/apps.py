"""Apps: what is installed, the page that asks before installing, and the way out."""

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from devstore.admin.frame import app_file, blueprint, in_shop, show
from devstore.platform.announce import install_app, uninstall_app
from devstore.platform.install import NotInstalled, installation_of
from devstore.platform.scopes import reason
from devstore.world.shop import redact_shop


@blueprint.get("/<handle>/apps")
def app_list(handle: str) -> Response:
    """Show the one app there is, installed or to be installed."""
    with in_shop(handle) as (session, shop):
        scopes = list(installation_of(session, shop).scopes) if shop.installed else []
        return show(session, shop, "apps", title="Apps", scopes=[(scope, reason(scope)) for scope in scopes])


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
