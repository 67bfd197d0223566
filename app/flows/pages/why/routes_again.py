"""Decide by hand about one message that has ended: send it again, plan it again, or leave it. Answers in place."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from app.flows.facts.people import first_name
from app.flows.models import Did
from app.flows.planning.by_hand.again import Again, foresee, leave, plan_again
from app.flows.rules.decision import Postpone, Send
from app.flows.rules.recorded import OUTCOMES
from app.flows.words.decided import again_words
from app.flows.words.decided.explain import reason_words
from app.kit.clock import business_now
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("again", __name__)
app_home.guard(blueprint)


@blueprint.get("/follow-ups/<int:follow_up_id>/again")
def show_again(follow_up_id: int) -> str:
    """Say what sending or planning it once more would do, before anything is done."""
    with merchant_session() as session:
        found = foresee(session, follow_up_id)
        if found is None:
            return _done(again_words.NOTHING)
        return render_template(
            "admin/again.html",
            id=follow_up_id,
            asks=again_words.asks_words(found.kind, _person(found)),
            foreseen=again_words.foreseen_words(OUTCOMES[type(found.verdict)], _sentence(session, found)),
            button=again_words.BUTTONS[found.kind] if found.goes else "",
            can_leave=found.kind is Did.SENT_AGAIN,
        )


@blueprint.post("/follow-ups/<int:follow_up_id>/again")
def do_again(follow_up_id: int) -> str:
    """Send or plan it once more."""
    with merchant_session() as session:
        found = plan_again(session, follow_up_id, by=by_merchant())
        if found is None:
            return _done(again_words.NOTHING)
        return _done(again_words.done_words(OUTCOMES[type(found.verdict)], _sentence(session, found)))


@blueprint.post("/follow-ups/<int:follow_up_id>/leave")
def do_leave(follow_up_id: int) -> str:
    """Leave what may have left as it is."""
    with merchant_session() as session:
        return _done(again_words.LEFT if leave(session, follow_up_id, by=by_merchant()) else again_words.NOTHING)


def _done(words: str) -> str:
    return render_template("admin/left_out.html", words=words)


def _person(found: Again) -> str:
    return first_name(found.one.person.customer, found.one.order)


def _sentence(session: Session, found: Again) -> str:
    verdict = found.verdict
    if isinstance(verdict, Send):
        return ""
    until = verdict.until if isinstance(verdict, Postpone) else None
    return reason_words(
        verdict.reason,
        found.one.facts,
        _person(found),
        until=until,
        now=business_now(session),
        yours=shop_zone(session),
    )
