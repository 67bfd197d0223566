"""The page around every page of the admin: who the shop is, what is shown, where to go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.admin.books import app_books
from devstore.admin.kill_line import kill_line
from devstore.config import settings
from devstore.platform.app_file import AppFile, read_app_file
from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop
from devstore.world.refused import Refused

blueprint = Blueprint(
    "admin",
    __name__,
    url_prefix="/admin",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


def app_file() -> AppFile:
    """Return the app's configuration as it is now."""
    return read_app_file(settings().app_folder)


@contextmanager
def in_shop(handle: str, *, announce: bool = False) -> Iterator[tuple[Session, Shop]]:
    """Give a session and the shop; 404 where there is no such shop. `announce` where webhooks may follow."""
    with unit_of_work(announce=announce) as session:
        shop = shop_by_handle(session, handle)
        if shop is None:
            abort(404)
        yield session, shop


def show(session: Session, shop: Shop, template: str, status: int = 200, **facts: Any) -> Response:
    """Render a page of the admin inside its frame."""
    from devstore.admin.strip import strip_facts  # noqa: PLC0415  the strip hangs its own routes on this blueprint

    around = {
        "app": app_file(),
        "strip": strip_facts(session, shop, app_books.known()),
        "kill_line": kill_line(settings().app_folder),
        "zone": shop_zone(shop),
    }
    page = render_template(f"admin/{template}.html", shop=shop, **around, **facts)
    return guard(make_response(page, status))


def guard(answer: Response) -> Response:
    """Say what the page may load: itself, and the app in a frame."""
    app = settings().app_url
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
        f"frame-src {app}; form-action 'self' {app}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def shop_zone(shop: Shop) -> ZoneInfo:
    """Return the zone the shop's people live in."""
    return ZoneInfo(shop.iana_timezone)


@blueprint.app_template_filter("day_and_time")
def day_and_time(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a time as people say it: `Sat 21 Nov, 20:15`."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


@blueprint.app_template_filter("words")
def words(text: str | None) -> str:
    """Write a state as words: `in_transit` becomes `In transit`."""
    return (text or "").replace("_", " ").capitalize()


@blueprint.errorhandler(Refused)
def refused(fault: Refused) -> ResponseReturnValue:
    """Say on a plain page what did not work, and why; a script gets it as JSON."""
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(error={"code": "invalid", "field": fault.field, "message": fault.message}), 422
    return guard(make_response(render_template("admin/refused.html", fault=fault), 422))


@blueprint.get("")
@blueprint.get("/")
def front() -> ResponseReturnValue:
    """Lead to the demo shop's admin."""
    with unit_of_work(announce=False) as session:
        shop = session.scalars(select(Shop).order_by(Shop.id).limit(1)).one_or_none()
        if shop is None:
            abort(404)
        return redirect(f"/admin/{shop.handle}")


@blueprint.get("/<handle>")
def home(handle: str) -> ResponseReturnValue:
    """Lead to the orders, or to Install while the app is not there."""
    with in_shop(handle) as (_, shop):
        return redirect(f"/admin/{shop.handle}/{'orders' if shop.installed else 'apps'}")


@blueprint.get("/<handle>/<path:rest>")
def elsewhere(handle: str, rest: str) -> ResponseReturnValue:
    """Say of a page Shopify's admin has and this one has not that it is not here."""
    with in_shop(handle) as (session, shop):
        return show(session, shop, "elsewhere", 404, title="Not in this demo", rest=rest)
