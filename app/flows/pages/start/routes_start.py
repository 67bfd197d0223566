"""Starting the flows: the two questions, what would happen, and the press."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.flows.facts.published import is_running
from app.flows.pages.start import start_words
from app.flows.planning.by_hand.start import Choice, offer, start
from app.flows.words.count_words import counted
from app.kit.clock import business_now
from app.kit.errors import Invalid
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("start", __name__)
app_home.guard(blueprint)

SHOWN = 50  # orders on one page; the sentence below counts all of them
ANSWERS = {"yes": True, "no": False}


@blueprint.get("/start")
@blueprint.get("/started")
def show() -> str:
    """Ask the two questions, with what the present answers would send; once started, say that it runs.

    Two addresses of one page, and no redirect between them: it would lose the token a document is opened with.
    """
    choice = _choice()
    with merchant_session() as session:
        zone, now = shop_zone(session), business_now(session)
        if is_running(session):
            return render_template("admin/started.html", sentence=start_words.running(session, zone, now))
        told = offer(session, choice)
        people = start_words.people(told, zone, now)
        return render_template(
            "admin/start.html",
            choice=choice,
            orders=told.orders,
            orders_words=counted(told.orders, "order"),
            people=people[:SHOWN],
            more=max(0, len(people) - SHOWN),
            consequence=start_words.consequence(choice, told, zone, now),
            button=start_words.button(choice, told, zone, now),
        )


@blueprint.post("/start")
def press() -> Response:
    """Start. A second press, here or in another tab, finds it started."""
    with merchant_session() as session:
        start(session, _choice(), by=by_merchant())
    return redirect("/started", 303)


def _choice() -> Choice:
    answers = {}
    for name, default in (("shopify", "yes"), ("include", "no")):
        typed = request.values.get(name, default)
        if typed not in ANSWERS:
            raise Invalid("Answer yes or no.", field=name)
        answers[name] = ANSWERS[typed]
    return Choice(shopify_sends_shipping_mails=answers["shopify"], include_on_the_road=answers["include"])
