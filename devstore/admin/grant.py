"""The page of the authorization code grant: the app sends a merchant here, a code goes back."""

import secrets
import time
from datetime import timedelta

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from devstore.admin.frame import app_file, blueprint, guard, show
from devstore.clock.now import real_now
from devstore.config import settings
from devstore.platform.announce import install_app
from devstore.platform.hosts import shop_of_host
from devstore.platform.install import shop_by_handle
from devstore.platform.scopes import reason, with_implied
from devstore.platform.sign import host_parameter, sign_query
from devstore.platform.tables import AuthorizationCode
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop

LIFETIME = timedelta(seconds=60)


@blueprint.route("/oauth/authorize", methods=["GET", "POST"])
@blueprint.route("/<handle>/oauth/authorize", methods=["GET", "POST"])
def authorize(handle: str | None = None) -> ResponseReturnValue:
    """Ask the merchant, or take the answer; a request that does not hold never leads back to the app.

    The shop is in the path, in the Host header, or in the `shop` parameter.
    """
    with unit_of_work() as session:
        shop = _shop(session, handle)
        if shop is None:
            abort(404)
        fault = _fault()
        if fault:
            return guard(make_response(render_template("admin/grant_refused.html", fault=fault), 400))
        if request.method == "POST":
            return redirect(_callback(session, shop), code=303)
        app = app_file()
        scopes = [(scope, reason(scope)) for scope in app.scopes]
        return show(session, shop, "grant", title=f"Install {app.name}", scopes=scopes, query=dict(request.args))


def _shop(session: Session, handle: str | None) -> Shop | None:
    if handle is not None:
        return shop_by_handle(session, handle)
    by_host = shop_of_host(session, request.host)
    return by_host or shop_by_handle(session, request.args.get("shop", "").removesuffix(".myshopify.com"))


def _fault() -> str:
    """Return what is wrong with the request, in words."""
    app = app_file()
    if request.args.get("client_id") != settings().api_key:
        return "There is no app with this client id."
    if not app.allows_redirect(request.args.get("redirect_uri", ""), settings().app_url):
        return "The redirect address is not one of those in the app's configuration."
    asked = {scope.strip() for scope in request.args.get("scope", "").split(",") if scope.strip()}
    if not asked <= with_implied((*app.scopes, *app.optional_scopes)):
        return "The app asks for scopes its configuration does not list."
    return ""


def _callback(session: Session, shop: Shop) -> str:
    """Install the app and return where the merchant goes, with a code that lasts a minute."""
    install_app(session, shop)
    online = request.args.get("grant_options[]") == "per-user"
    code = secrets.token_hex(16)
    session.add(
        AuthorizationCode(
            code=code,
            shop_id=shop.id,
            mode="online" if online else "offline",
            expires_at=real_now() + LIFETIME,
        )
    )
    answer = {
        "code": code,
        "host": host_parameter(shop.handle),
        "shop": shop.domain,
        "state": request.args.get("state", ""),
        "timestamp": str(int(time.time())),
    }
    return f"{request.args['redirect_uri']}?{sign_query(answer, settings().api_secret)}"
