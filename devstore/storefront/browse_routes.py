"""Look around: home, product pages with the app's blocks, the theme's files."""

from __future__ import annotations

from flask import Response, abort, redirect, send_from_directory
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.config import settings
from devstore.platform.names import app_number
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop
from devstore.storefront.blocks import read_block, render_block
from devstore.storefront.catalogue import Good, good_by_handle, goods_on_sale
from devstore.storefront.front import HERE, blueprint, extension, page, shop_named, visitor_locale
from devstore.storefront.metaobjects import Metaobjects

# Where this theme has its places for app blocks: under the title, and below the fold.
BLOCKS = ("star-rating", "product-reviews")


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """Lead to the demo shop."""
    with unit_of_work(announce=False) as session:
        shop = session.scalars(select(Shop).order_by(Shop.id).limit(1)).one_or_none()
        return redirect(f"/store/{shop.handle}/" if shop else "/admin")


@blueprint.get("/store/<shop>/")
def home(shop: str) -> ResponseReturnValue:
    """Show what the shop sells."""
    with unit_of_work(announce=False) as session:
        found = shop_named(session, shop)
        return page("home", found, goods=goods_on_sale(session, found))


@blueprint.get("/store/<shop>/products/<handle>")
def product(shop: str, handle: str) -> ResponseReturnValue:
    """Show a product, with the app's blocks where a theme would put them."""
    with unit_of_work(announce=False) as session:
        found = shop_named(session, shop)
        good = good_by_handle(session, found, handle)
        if good is None:
            abort(404)
        blocks = {name: _block(session, found, good, name) for name in BLOCKS}
        sheets = {read_block(extension(), name).stylesheet for name, html in blocks.items() if html}
        return page("product", found, good=good, blocks=blocks, sheets=sorted(filter(None, sheets)))


@blueprint.get("/store/-/extension/<name>")
def extension_asset(name: str) -> Response:
    """Serve a file of the extension's assets."""
    return send_from_directory(extension() / "assets", name, max_age=0)


@blueprint.get("/store/-/theme/<name>")
def theme_asset(name: str) -> Response:
    """Serve a file of the theme."""
    return send_from_directory(HERE / "theme", name, max_age=0)


@blueprint.get("/store/<shop>/<path:rest>")
def elsewhere(shop: str, rest: str) -> ResponseReturnValue:
    """Answer for every other address of the shop: it is not there."""
    abort(404)


def _block(session: Session, shop: Shop, good: Good, name: str) -> str:
    """Render one block; before the app is installed a theme has none of its blocks."""
    if not shop.installed:
        return ""
    locale = visitor_locale(shop)
    scope = {
        "shop": {
            "name": shop.name,
            "currency": shop.currency,
            "url": f"{settings().origin}/store/{shop.handle}",
            "metaobjects": Metaobjects(session, shop.id, app_number(settings().api_key)),
        },
        "product": good.for_liquid(),
        "request": {"page_type": "product", "locale": {"iso_code": locale}},
    }
    return render_block(extension(), name, scope, locale=locale)
