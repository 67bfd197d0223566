"""The signed page of choices: what to hear about, how often, a break, a stop. GET changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.customers.ledger import Source
from app.customers.wish_topics import AtMost, Topic
from app.kit import runtime
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.mail.wording import day
from app.messages.models import Message
from app.messages.signed.bought import bought
from app.messages.signed.choose import PAUSES, Choice, choose, pause, resume
from app.messages.signed.find import message_of
from app.messages.signed.links import Purpose
from app.messages.signed.page_words import words
from app.messages.signed.proof import proof
from app.messages.signed.shopper_page import form, page
from app.messages.signed.stop import unsubscribe
from app.messages.signed.too_often import too_often
from app.messages.signed.while_away import kept_or_told
from app.messages.wishes import all_off, chosen, topics_off
from app.shops.zone import shop_zone

blueprint = Blueprint("choices", __name__)

MAX_FORM_BYTES = 10_000
DONE: Mapping[str, str] = {
    "save": "preferences_saved",
    "pause": "preferences_paused",
    "resume": "preferences_resumed",
    "stop": "preferences_stop_saved",
}


@blueprint.get("/p/<token>")
def show_choices(token: str) -> Response:
    """Show what this person gets mail about, and what they can change."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message, _ = _whose(session, here, token)
        return _page(session, message)


@blueprint.post("/p/<token>")
def keep_choices(token: str) -> Response:
    """Carry out the one button that was pressed, then show what holds."""
    return kept_or_told(lambda: _keep(runtime.current(), token))


def _keep(here: Runtime, token: str) -> Response:
    with unit_of_work(here) as session:
        message, customer_id = _whose(session, here, token)
        held_back = too_often(session, message)
        if held_back is not None:
            return held_back
        typed = form(MAX_FORM_BYTES)
        if typed.get("save") == "yes":
            done = "save"
            choose(session, message, customer_id, _choice(session, message, typed))
        elif "pause" in typed:
            done = "pause"
            pause(session, message, customer_id, typed["pause"])
        elif typed.get("resume") == "yes":
            done = "resume"
            resume(session, message, customer_id)
        elif typed.get("stop") == "yes":
            done = "stop"
            shown = proof(here.config, request, message, "stop")
            unsubscribe(session, message, shown, Source.PREFERENCES)
        else:
            raise Invalid("To keep a choice, press a button on the page.", field="save")
    return Response(status=303, headers={"Location": url_for("choices.show_choices", token=token, done=done)})


def _whose(session: Session, here: Runtime, token: str) -> tuple[Message, int]:
    message = message_of(session, here, Purpose.PREFERENCES, token)
    if message.customer_id is None:
        raise NotFound
    return message, message.customer_id


def _choice(session: Session, message: Message, typed: MultiDict[str, str]) -> Choice:
    """Return what the form says; a form without a field, as of a page opened long ago, leaves that as it is."""
    wish = chosen(session, message)
    often = typed.get("often", wish.at_most)
    if often not in set(AtMost):
        raise Invalid("How often must be one of those on the page.", field="often")
    muted = {int(each) for each in typed.getlist("mute") if each.isascii() and each.isdigit() and len(each) < 19}
    shown = frozenset(bought(session, message, wish.muted)) if "muted_shown" in typed else frozenset()
    return Choice(frozenset(typed.getlist("topic")), AtMost(often), frozenset(muted), shown)


def _page(session: Session, message: Message) -> Response:
    said, wish, now = words(message.locale), chosen(session, message), business_now(session)
    off, zone = topics_off(session, message), shop_zone(session)
    until = wish.paused_until if wish.paused_until is not None and wish.paused_until > now else None
    return page(
        session,
        "preferences.html",
        said,
        topics=[(topic, said[f"topic_{topic}"], said[f"topic_{topic}_hint"], topic not in off) for topic in Topic],
        often=[(each, said[f"often_{each}"], each is wish.at_most) for each in AtMost],
        products=[(each, title, each in wish.muted) for each, title in bought(session, message, wish.muted).items()],
        pauses=[
            (days, said[f"pause_{name}"].format(day=day(now + timedelta(days=int(days)), zone, message.locale, now)))
            for days, name in PAUSES.items()
        ],
        paused=said["paused_lead"].format(day=day(until, zone, message.locale, now)) if until else "",
        stopped=all_off(session, message),
        done=said.get(DONE.get(request.args.get("done", ""), ""), ""),
    )
