"""What a shop calls the times of its year: the page and saving it. Nothing planned moves by it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from app.flows.facts.calendars import SeasonSetting
from app.flows.pages.settings.seasons_form import (
    SeasonRow,
    WrongSeasons,
    season_rows,
    season_words,
    seasons,
    typed_rows,
)
from app.kit.clock import business_now
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops import settings
from app.shops.zone import shop_zone

blueprint = Blueprint("seasons", __name__)
app_home.guard(blueprint)


@blueprint.get("/settings/seasons")
def show() -> str:
    """Show the seasons."""
    with merchant_session() as session:
        return _page(session)


@blueprint.post("/settings/seasons")
def save() -> Response:
    """Keep what was typed, or show what is wrong at its row."""
    with merchant_session() as session:
        try:
            setting = seasons(request.form)
        except WrongSeasons as wrong:
            return make_response(_page(session, errors=wrong.errors), 422)
        if setting == settings.load(session, SeasonSetting):
            return make_response(_page(session, notice="Nothing was changed: all of it stands like that already."))
        settings.save(session, setting, by=by_merchant())
        return make_response(_page(session, notice="Saved. Forks and mails go by it from now on."))


def _page(session: Session, *, errors: dict[str, str] | None = None, notice: str = "") -> str:
    setting = settings.load(session, SeasonSetting)
    today = business_now(session).astimezone(shop_zone(session)).date()
    shown = typed_rows(request.form) if errors else [*season_rows(setting, today.year), SeasonRow()]
    return render_template(
        "admin/settings/seasons.html",
        rows=shown,
        errors=errors or {},
        notice=notice,
        told=season_words(setting, today),
    )
