"""The app proxy: paths of the shop that the app answers."""

from __future__ import annotations

import time

from flask import abort, request
from flask.typing import ResponseReturnValue

from devstore.config import settings
from devstore.state.engine import unit_of_work
from devstore.storefront.front import blueprint, shop_named
from devstore.storefront.proxy import forward, signed_query

SUBPATH = "welltimed"


@blueprint.route(f"/store/<shop>/apps/{SUBPATH}", methods=["GET", "POST"], defaults={"rest": ""})
@blueprint.route(f"/store/<shop>/apps/{SUBPATH}/<path:rest>", methods=["GET", "POST"])
def app_proxy(shop: str, rest: str) -> ResponseReturnValue:
    """Hand a request under the app's proxy path to the app, signed; 404 while it is not installed."""
    with unit_of_work(announce=False) as session:
        found = shop_named(session, shop)
        domain, installed = found.domain, found.installed
    if not installed:
        abort(404)
    given = list(request.args.items(multi=True))
    query = signed_query(given, domain, f"/apps/{SUBPATH}", settings().api_secret, int(time.time()))
    url = f"{settings().app_url}/proxy/{rest}?{query}"
    return forward(request.method, url, dict(request.headers), request.get_data())
