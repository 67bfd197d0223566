"""`/replays`: ask what a flow would have sent, alone or beside another version; watch it, call it off, read it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.flows.facts import published
from app.flows.language.forms import WrongFlow, canonical, flow_document
from app.flows.pages.replay.replay_page import Standing, brief, spans, standing
from app.flows.planning.publishing.bundle import read_json
from app.flows.replay.job import begin
from app.flows.replay.job.models import Replay
from app.flows.words.day_words import date_words
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.kit.work import entered_shop
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("replay", __name__)
app_home.guard(blueprint)


@blueprint.get("/replays")
def show() -> str:
    """Show what can be asked, and what was."""
    with merchant_session() as session:
        return _page(session, None)


@blueprint.post("/replays")
def ask() -> Response:
    """Ask the past; while one question is open, its page is shown."""
    days = request.form.get("days", "")
    if not days.isascii() or not days.isdigit() or len(days) > 4:
        raise Invalid("Choose 30 days, 90 days or a year.", field="days")
    with merchant_session() as session:
        asked = _draft(session, request.form["document"]) if "document" in request.form else _chosen()
        number = begin.begin(session, asked, int(days), by=by_merchant())
    return redirect(f"/replays/{number}", 303)


def _draft(session: Session, text: str) -> begin.Asked:
    """Return a flow that is not published, beside the version that is."""
    try:
        draft = flow_document(read_json(text))
    except WrongFlow as wrong:
        path, words = next(iter(wrong.errors.items()))
        raise Invalid(f"{path}: {words}", field="document") from wrong
    known = published.flows(session).get(draft.key)
    return begin.Asked(draft.key, draft=draft, against=known.version if known is not None else None)


def _chosen() -> begin.Asked:
    """Return the version that was chosen, and the one beside it."""
    key, version = _version("flow", request.form.get("flow", ""))
    other = request.form.get("against", "")
    against = _version("against", other) if other else None
    if against is not None and against[0] != key:
        raise Invalid("Choose two versions of the same flow.", field="against")
    if against == (key, version):
        raise Invalid("Choose another version to compare with.", field="against")
    return begin.Asked(key, version, against=against[1] if against else None)


@blueprint.get("/replays/<int:replay_id>")
def show_one(replay_id: int) -> str:
    """Show one replay."""
    with merchant_session() as session:
        return _page(session, _row(session, replay_id))


@blueprint.get("/replays/<int:replay_id>/standing")
def show_standing(replay_id: int) -> str:
    """Show how far one is, and its answer once it is there: what an open page asks again and again."""
    with merchant_session() as session:
        told = _standing(session, _row(session, replay_id))
        return render_template("admin/replay/standing.html", replay=told)


@blueprint.post("/replays/<int:replay_id>/cancel")
def cancel(replay_id: int) -> Response:
    """Call one off."""
    with merchant_session() as session:
        _row(session, replay_id)
        begin.cancel(session, replay_id)
    return redirect(f"/replays/{replay_id}", 303)


def _page(session: Session, row: Replay | None) -> str:
    zone, now, names = shop_zone(session), business_now(session), _names(session)
    older = session.scalars(
        select(Replay).where(Replay.shop_id == entered_shop(session)).order_by(Replay.id.desc()).limit(begin.KEPT)
    ).all()
    return render_template(
        "admin/replay/replay.html",
        replay=_standing(session, row) if row is not None else None,
        draft=canonical(row.document) if row is not None and row.version is None else "",
        versions=[
            (f"{key}:{number}", f"{names.get(key, key)}, version {number} of {date_words(at, zone, now)}")
            for key, number, at in begin.versions(session)
        ],
        chosen=f"{row.flow_key}:{row.version}" if row is not None else "",
        spans=spans(),
        older=[(each.id, brief(session, each, names)) for each in older if row is None or each.id != row.id],
    )


def _standing(session: Session, row: Replay) -> Standing:
    return standing(session, row, _names(session))


def _names(session: Session) -> dict[str, str]:
    return {key: document.name for key, (_, document) in published.current(session).items()}


def _row(session: Session, replay_id: int) -> Replay:
    row = session.scalars(
        select(Replay).where(Replay.shop_id == entered_shop(session), Replay.id == replay_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _version(field: str, text: str) -> tuple[str, int]:
    key, _, number = text.rpartition(":")
    if not key or not number.isascii() or not number.isdigit() or len(number) > 6:
        raise Invalid("Choose a version of a flow.", field=field)
    return key, int(number)
