"""The app inside the admin: a frame that opens at the path in the address."""

import hashlib
import time
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from devstore.admin.frame import app_file, blueprint, in_shop, show
from devstore.clock.now import real_now
from devstore.config import settings
from devstore.platform.issue import staff
from devstore.platform.sign import host_parameter, mint_id_token, sign_query
from devstore.state.models import Shop

# What Shopify adds to an embedded load; an address that brings its own is not believed.
OURS = frozenset({"embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"})


@blueprint.get("/<handle>/apps/<app>", strict_slashes=False)
@blueprint.get("/<handle>/apps/<app>/<path:path>")
def embedded(handle: str, app: str, path: str = "") -> ResponseReturnValue:
    """Show the app at one of its paths; 404 for another app, Install while it is not there."""
    with in_shop(handle) as (session, shop):
        known = app_file()
        if app == settings().api_key:
            # Shopify takes the client id for the handle, and shows the handle.
            query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
            return redirect(f"/admin/{shop.handle}/apps/{known.handle}/{quote(path)}".rstrip("/") + query)
        if app != known.handle:
            return show(session, shop, "elsewhere", 404, title="Not in this demo", rest=f"apps/{app}")
        if not shop.installed:
            return redirect(f"/admin/{shop.handle}/install")
        return show(
            session,
            shop,
            "embedded",
            title=known.name,
            source=signed_address(shop, path),
            facts=bridge_facts(shop, known.name, known.handle),
        )


@blueprint.post("/<handle>/id-token")
def fresh_id_token(handle: str) -> Response:
    """Return an ID token minted now, for the page around the frame to hand in."""
    with in_shop(handle) as (_, shop):
        answer = Response(id_token(shop), mimetype="text/plain")
        answer.headers["Cache-Control"] = "no-store"
        return answer


def bridge_facts(shop: Shop, name: str, handle: str) -> dict[str, Any]:
    """Return what the script around the frame has to know."""
    person = staff(shop)
    parts = urlsplit(settings().app_url)
    return {
        "admin": f"/admin/{shop.handle}",
        "appName": name,
        "handle": handle,
        "origin": f"{parts.scheme}://{parts.netloc}",
        "shop": shop.domain,
        "shopName": shop.name,
        "locale": "en",
        "host": host_parameter(shop.handle),
        "user": {
            "id": person["id"],
            "name": shop.owner,
            "email": person["email"],
            "accountAccess": "full",
        },
    }


def signed_address(shop: Shop, path: str) -> str:
    """Return the app's address for one embedded load."""
    own = {name: value for name, value in request.args.items() if name not in OURS}
    query = sign_query(
        own
        | {
            "embedded": "1",
            "host": host_parameter(shop.handle),
            "id_token": id_token(shop),
            "locale": "en",
            "session": session_id(shop),
            "shop": shop.domain,
            "timestamp": str(int(time.time())),
        },
        settings().api_secret,
    )
    return f"{settings().app_url}/{path}?{query}"


def id_token(shop: Shop) -> str:
    """Return a token for the shop's owner, valid for a minute of real time."""
    told = settings()
    return mint_id_token(
        shop_domain=shop.domain,
        client_id=told.api_key,
        secret=told.api_secret,
        user_id=str(staff(shop)["id"]),
        session_id=session_id(shop),
        now=real_now(),
    )


def session_id(shop: Shop) -> str:
    """Return the id of the owner's admin session, the same for as long as the shop stands."""
    return hashlib.sha256(f"{shop.domain}{shop.created_at}".encode()).hexdigest()
