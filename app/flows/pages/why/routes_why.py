"""Answer "Why?" in place, wherever a message is listed."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template

from app.flows.pages.why.derivation import Derivation, Looked, derive
from app.flows.pages.why.derivation_text import again_words, derivation_text
from app.flows.words.day_words import clock_words, date_words, place_words
from app.flows.words.decided.again_words import OPENS
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import merchant_session

blueprint = Blueprint("why", __name__)
app_home.guard(blueprint)


@blueprint.get("/follow-ups/<int:follow_up_id>/why")
def show_why(follow_up_id: int) -> str:
    """Tell why one message was sent, was not, or waits."""
    with merchant_session() as session:
        told = derive(session, follow_up_id)
    return render_template(
        "admin/why.html",
        derivation=told,
        decided=f"Decided {_moment(told, told.decided_at)}" if told.decided_at else "What the rules say",
        repeated=_repeated(told, told.earlier[0]) if told.earlier else "",
        again=OPENS.get(told.way_back or "", ""),
        earlier=[
            f"{_moment(told, each.at)}: {each.words} {_repeated(told, each)}".rstrip() for each in told.earlier[1:]
        ],
        text=derivation_text(told),
    )


def _repeated(told: Derivation, each: Looked) -> str:
    return again_words(each.times, _moment(told, each.since)) if each.since is not None else ""


def _moment(told: Derivation, at: datetime) -> str:
    return f"{date_words(at, told.zone, told.now)} at {clock_words(at, told.zone)}{place_words(told.zone)}"
