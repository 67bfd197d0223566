"""When a shop's messages keep quiet: the page, what saving it would move, and saving it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from app.flows.facts.calendars import CalendarSetting
from app.flows.pages.settings.calendar_form import Row, WrongCalendar, calendar, kept_rows, rows
from app.flows.planning.changed.retime import Retimed, foresee, save_calendar
from app.flows.words.count_words import counted
from app.flows.words.described.step_words import move_words
from app.kit.clock import business_now
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.settings import load
from app.shops.zone import shop_zone

blueprint = Blueprint("calendar", __name__)
app_home.guard(blueprint)

SPARE_ROWS = 1
FIELDS = ("quiet_from", "quiet_to", "help_gap_hours", "ask_gap_hours")
IN_TIME = "So much is planned that it takes a while: it moves within the next minutes."


@blueprint.get("/settings/calendar")
def show() -> str:
    """Show the calendar."""
    with merchant_session() as session:
        return _page(session)


@blueprint.post("/settings/calendar")
def save() -> Response:
    """Keep what was typed and move what it moves, or show what is wrong next to the field."""
    with merchant_session() as session:
        try:
            setting = calendar(request.form)
        except WrongCalendar as wrong:
            return make_response(_page(session, errors=wrong.errors), 422)
        if setting == load(session, CalendarSetting):
            return make_response(_page(session, notice="Nothing was changed: all of it stands like that already."))
        done = save_calendar(session, setting, by=by_merchant())
        return make_response(_page(session, notice=f"Saved. {_moved(done, done=True)}"))


@blueprint.post("/settings/calendar/moves")
def show_moves() -> str:
    """Say what saving the form as it stands would move; nothing while something in it is wrong. Changes nothing."""
    with merchant_session() as session:
        try:
            setting = calendar(request.form)
        except WrongCalendar:
            return render_template("admin/moves.html", words="")
        changed = setting != load(session, CalendarSetting)
        return render_template(
            "admin/moves.html", words=_moved(foresee(session, setting), done=False) if changed else ""
        )


def _page(session: Session, *, errors: dict[str, str] | None = None, notice: str = "") -> str:
    setting = load(session, CalendarSetting)
    year = business_now(session).astimezone(shop_zone(session)).year
    shown = rows(request.form) if errors else kept_rows(setting, year)
    fields = {name: request.form.get(name, "") if errors else str(getattr(setting, name)) for name in FIELDS}
    holidays = request.form.get("holidays_closed") == "yes" if errors else setting.holidays_closed
    spare = 0 if errors else SPARE_ROWS
    return render_template(
        "admin/settings/calendar.html",
        fields=fields,
        holidays_closed=holidays,
        rows=[*shown, *(Row() for _ in range(spare))],
        errors=errors or {},
        notice=notice,
    )


def _moved(made: Retimed | None, *, done: bool) -> str:
    if made is None:
        return IN_TIME
    first = made.moves[0].planned if made.moves else None
    told = move_words(
        len(made.moves), first.due_at if first else None, first.zone.zone if first else ZoneInfo("Etc/UTC"), done=done
    )
    if not made.too_old:
        return told
    are = "is" if made.too_old == 1 else "are"
    return f"{told} {counted(made.too_old, 'of them', 'of them')} {are} too old by then and not sent."
