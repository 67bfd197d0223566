"""The first page inside the admin, and what can be pressed on it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.flows.pages.home import home as at_home
from app.flows.pages.home import home_words, needs
from app.flows.pages.home.first_page import first_page
from app.flows.pages.home.reading import reading
from app.flows.pages.home.silent import silence
from app.flows.pages.steps.resume_choices import resume_choices
from app.flows.planning.by_hand import pause
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.by_hand.skip import skip
from app.flows.syncing.importing.progress import progress as progress_of_past
from app.flows.words.count_words import counted
from app.flows.words.day_words import date_words
from app.flows.words.decided.outcome_words import MAY_HAVE_LEFT, UNANSWERED
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("home", __name__)
app_home.guard(blueprint)

SILENT_AT_HOME, SILENT_WHOLE = 6, 60
NEEDS = {
    "unknown": (
        f"Messages that {MAY_HAVE_LEFT}",
        f"{UNANSWERED}. They are never sent again by themselves: you decide, message by message.",
        needs.unknown,
    ),
    "unwritten": (
        "Mails that could not be written",
        "Something the mail cannot do without was missing on the order.",
        needs.unwritten,
    ),
    "failed": (
        "Messages that failed on our side",
        "Each was tried several times, minutes apart. Nothing was sent, and nothing more is tried.",
        needs.failed,
    ),
    "parked": (
        "Notices from Shopify that could not be read",
        "Orders are read every quarter hour too. One that cannot be read is left out until it changes at the shop.",
        needs.parked,
    ),
}


@blueprint.get("/")
def show() -> str:
    """Show how it goes; before the start, what was read and what would be sent."""
    with merchant_session() as session:
        known = reading(session)
        if not known.finished:
            return render_template("admin/reading.html", reading=known)
        found = at_home.home(session)
        return _running(session, found) if found.started else first_page(session, known.words)


@blueprint.get("/progress")
def progress() -> Response:
    """Show how far the reading has come; once it is over, lead to the page it was for."""
    with merchant_session() as session:
        known = reading(session)
    answer = make_response(render_template("admin/progress.html", reading=known))
    if known.finished:
        answer.headers["HX-Location"] = (
            '{"path": "/", "target": "#page", "select": "#page", "swap": "outerHTML", "replace": "true"}'
        )
    return answer


@blueprint.get("/history")
def past() -> str:
    """Show how far the reading of past orders is; nothing where none was begun."""
    with merchant_session() as session:
        known = progress_of_past(session)
        return "" if known is None else render_template("admin/history.html", history=known)


@blueprint.post("/pause")
def pause_sending() -> AnyResponse:
    """Hold everything."""
    with merchant_session() as session:
        pause.pause_all(session, by=by_merchant())
    return redirect("/", 303)


@blueprint.post("/resume")
def resume_sending() -> AnyResponse:
    """Go on, with the merchant's choice about what waited."""
    typed = request.form.get("choice", OnResume.DROP_LATE.value)
    if typed not in set(OnResume):
        raise Invalid("Choose what becomes of the messages that waited.", field="choice")
    with merchant_session() as session:
        pause.resume(session, OnResume(typed), by=by_merchant())
    return redirect("/", 303)


@blueprint.get("/needs/<kind>")
def show_needs(kind: str) -> str:
    """Show the messages or webhooks behind a card."""
    if kind not in NEEDS:
        raise NotFound
    heading, words, find = NEEDS[kind]
    with merchant_session() as session:
        zone, now = shop_zone(session), business_now(session)
        cases = [
            {
                "title": each.title,
                "detail": each.detail,
                "customer_id": each.customer_id,
                "follow_up_id": each.follow_up_id,
                "opens": each.opens,
                "when": date_words(each.at, zone, now),
            }
            for each in find(session)
        ]
        return render_template("admin/needs.html", heading=heading, words=words, cases=cases)


@blueprint.get("/not-sent")
def show_not_sent() -> str:
    """Show what was not sent, waits, or would not be sent, each with its reason."""
    with merchant_session() as session:
        return render_template("admin/not_sent.html", silence=silence(session, SILENT_WHOLE))


@blueprint.post("/follow-ups/<int:follow_up_id>/skip")
def leave_out(follow_up_id: int) -> str:
    """Leave one planned message out."""
    with merchant_session() as session:
        row = skip(session, follow_up_id, by=by_merchant())
        words = "Left out." if row.reason == "skipped_by_merchant" else "Too late: it has left already."
        return render_template("admin/left_out.html", words=words)


def _running(session: Session, found: at_home.Home) -> str:
    held = pause.waiting(session)
    silent = silence(session, SILENT_AT_HOME)
    cards = needs.cards(session)
    return render_template(
        "admin/home.html",
        history=progress_of_past(session),
        home=found,
        silence=silent,
        silent_words=counted(silent.count, "message"),
        status=home_words.status(found, held),
        waiting=held,
        choices=resume_choices(held),
        pause_words=home_words.pause_words(held),
        cards=cards,
        refused=any(card.resumes for card in cards),
        sent=home_words.lines(found, found.sent),
        coming=home_words.lines(found, found.coming),
        later=home_words.later(found),
    )
