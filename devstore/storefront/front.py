"""What every page of a shop shares: its blueprint, its look, its language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from devstore.config import settings
from devstore.state.models import Shop
from devstore.storefront.catalogue import money
from devstore.world.find import find_shop
from devstore.world.refused import Refused

HERE = Path(__file__).parent
LOCALES = ("en", "de")

blueprint = Blueprint("storefront", __name__, template_folder="templates")


def extension() -> Path:
    """Return the folder of the theme app extension."""
    return settings().app_folder / "extension" / "theme"


def shop_named(session: Session, handle: str) -> Shop:
    """Return the shop of an address; aborts with 404 when there is none."""
    try:
        return find_shop(session, handle)
    except Refused:
        abort(404)


def visitor_locale(shop: Shop) -> str:
    """Return the language asked for with ``?locale=``, else the shop's own."""
    asked = request.args.get("locale", "")
    return asked if asked in LOCALES else shop.locale


def page(name: str, shop: Shop, **facts: Any) -> str:
    """Return a page of the shop in its theme; ``?theme=hostile`` adds a sheet that breaks careless blocks."""
    return render_template(
        f"storefront/{name}.html",
        shop=shop,
        home=f"/store/{shop.handle}/",
        money=lambda amount: money(amount, shop.currency),
        locale=visitor_locale(shop),
        hostile=request.args.get("theme") == "hostile",
        **facts,
    )


@blueprint.errorhandler(404)
def missing(_: Exception) -> ResponseReturnValue:
    """Say in the shop's look that a page is not there."""
    return render_template("storefront/missing.html", home="/"), 404
