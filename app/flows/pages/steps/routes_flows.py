"""The five messages as one list, and the page of each: its switch, its timing, what a change would move."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.fitting import misfits
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow
from app.flows.language.looking_back import LOOK_BACK
from app.flows.language.presets import PRESET_FLOWS
from app.flows.language.steps import Arrival, Step
from app.flows.pages.shifts_shown import shift_shown
from app.flows.pages.steps import step_page
from app.flows.pages.steps.resume_choices import resume_choices
from app.flows.pages.steps.routes_preview import preview_values
from app.flows.pages.steps.timing_form import LEAVES, anchors, weekdays
from app.flows.planning.by_hand.edit import Change, find, foresee, save_step
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.by_hand.switched_off import waiting_for_switch
from app.flows.words.count_words import counted
from app.flows.words.described.step_words import move_words, step_name
from app.flows.words.described.way_to import way_to
from app.kit.clock import business_now
from app.kit.errors import Invalid
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session

MOVES_SHOWN = 6
UNCHANGED = "Nothing was changed: all of it stands like that already."

HAVE_PAGES = (*PRESET_FLOWS, LOOK_BACK)  # of their own

blueprint = Blueprint("flows", __name__)
app_home.guard(blueprint)


@blueprint.get("/flows")
def show_flows() -> str:
    """Show the five messages."""
    with merchant_session() as session:
        return _list(session)


@blueprint.post("/flows/<step>/switch")
def switch(step: str) -> str:
    """Set one step's switch."""
    state = request.form.get("state", "")
    try:
        with merchant_session() as session:
            done = save_step(session, step, {"state": state}, by=by_merchant())
            return _list(session, notice=_switched(step, done))
    except WrongFlow as wrong:
        raise Invalid(next(iter(wrong.errors.values())), field="state") from wrong


@blueprint.get("/flows/<step>")
def show_step(step: str) -> str:
    """Show one message: its timing beside the mail itself."""
    with merchant_session() as session:
        _, document = find(session, step)
        return _page(session, document, document.step(step))


@blueprint.post("/flows/<step>")
def save(step: str) -> Response:
    """Publish what was typed, or show what is wrong with it next to the field: an empty form asks for nothing."""
    with merchant_session() as session:
        _, document = find(session, step)
        before = document.step(step)
        try:
            typed = step_page.typed_in(request.form, before)
            if not typed:
                errors = {"state": step_page.nothing_typed(before)}
                return make_response(_page(session, document, before, errors=errors), 422)
            done = save_step(session, step, typed, by=by_merchant(), choice=_choice())
        except WrongFlow as wrong:
            errors = step_page.field_errors(step, wrong.errors)
            return make_response(_page(session, document, before, errors=errors), 422)
        _, document = find(session, step)
        notice = _saved(done) if done.step != before else UNCHANGED
        return make_response(_page(session, document, done.step, notice=notice))


@blueprint.post("/flows/<step>/moves")
def show_moves(step: str) -> str:
    """Say what saving the form as it stands would move; nothing while something in it is wrong. Changes nothing."""
    with merchant_session() as session:
        _, document = find(session, step)
        try:
            change = foresee(session, step, step_page.typed_in(request.form, document.step(step)))
        except WrongFlow:
            return render_template("admin/moves.html", words="")
        retimed = change.moves or change.step != document.step(step)
        words = move_words(len(change.moves), *_first(change), done=False) if retimed else ""
        now = business_now(session)
        return render_template(
            "admin/moves.html",
            words=words,
            moves=[shift_shown(each, now) for each in change.moves[:MOVES_SHOWN]],
            more=max(0, len(change.moves) - MOVES_SHOWN),
        )


def _list(session: Session, notice: str = "") -> str:
    every = published.current(session)
    known = [each for key, each in every.items() if key in PRESET_FLOWS]
    return render_template(
        "admin/flows.html",
        steps=[step_page.shown(step) for _, document in known for step in document.sends],
        own=[step_page.flow_shown(*each) for key, each in every.items() if key not in HAVE_PAGES],
        started=any(flow.started_at is not None for flow, _ in known),
        notice=notice,
    )


def _choice() -> OnResume:
    typed = request.form.get("choice", OnResume.DROP_LATE.value)
    if typed not in set(OnResume):
        raise Invalid("Choose what becomes of the messages that waited.", field="choice")
    return OnResume(typed)


def _page(
    session: Session, flow: FlowDocument, step: Step, *, errors: dict[str, str] | None = None, notice: str = ""
) -> str:
    held, form = waiting_for_switch(session, step.key), request.form if errors else None
    return render_template(
        "admin/step.html",
        step=step_page.shown(step),
        states=step_page.states(step),
        flow=flow,
        asked=way_to(flow, step.key),
        typed=step_page.field_values(step, form),
        anchors=anchors(flow, step),
        leaves=LEAVES,
        weekdays=weekdays(step, form),
        errors=errors or {},
        notice=notice,
        misfits=misfits(step),
        least_delay=1 if step.arrival is Arrival.LIKELY else 0,
        delay_details=step_page.delay_details(step),
        fallback_details=step_page.fallback_details(step),
        choices=resume_choices(held) if held.due else [],
        **preview_values(session, step.key),
    )


def _saved(done: Change) -> str:
    moved = move_words(len(done.moves), *_first(done), done=True) if done.moves else ""
    return " ".join(part for part in ("Saved.", moved, _went_on(done)) if part)


def _switched(step: str, done: Change) -> str:
    state = {"on": "switched on", "paused": "paused", "left_to_shopify": "left to Shopify"}[done.step.state]
    return " ".join(part for part in (f"{step_name(step)} is {state}.", _went_on(done)) if part)


def _went_on(done: Change) -> str:
    left_out = f"{counted(done.dropped, 'message')} over a day late left out." if done.dropped else ""
    goes_on = f"{counted(done.released, 'waiting message goes', 'waiting messages go')} on." if done.released else ""
    return " ".join(part for part in (goes_on, left_out) if part)


def _first(change: Change) -> tuple[datetime | None, ZoneInfo]:
    first = change.moves[0].planned if change.moves else None
    return (first.due_at, first.zone.zone) if first else (None, ZoneInfo("Etc/UTC"))
