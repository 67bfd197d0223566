"""The signed pages of a mail that are not about one product: stop, choose, click, open. GET appends a hit at most."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, redirect, request

from app.kit import runtime
from app.kit.errors import Invalid, NotFound
from app.kit.work import unit_of_work
from app.messages import hits, links
from app.messages.find import link_of, message_of
from app.messages.links import Purpose
from app.messages.page_words import words
from app.messages.shopper_page import page
from app.messages.stop import TOPICS, choose_topics, unsubscribe
from app.messages.wishes import topics_off

blueprint = Blueprint("messages", __name__)

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
ONE_CLICK = "One-Click"  # RFC 8058's exact body: List-Unsubscribe=One-Click


@blueprint.get("/u/<token>")
def ask_to_stop(token: str) -> Response:
    """Show the question; a scanner that opens every link stops nobody's mail."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.UNSUBSCRIBE, token)
        return page(session, "unsubscribe.html", message.locale, done=False)


@blueprint.post("/u/<token>")
def stop(token: str) -> Response:
    """Stop optional mail: the page's own button, or a mail program's one click, which needs no page."""
    here = runtime.current()
    one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
    if not one_click and request.form.get("stop") != "yes":
        raise Invalid("Nothing was asked for.", field="stop")
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.UNSUBSCRIBE, token)
        unsubscribe(session, message)
        if one_click:
            return Response(status=200)
        return page(session, "unsubscribe.html", message.locale, done=True)


@blueprint.get("/p/<token>")
def show_topics(token: str) -> Response:
    """Show what this person gets mail about."""
    return _topics(token, saved=False)


@blueprint.post("/p/<token>")
def save_topics(token: str) -> Response:
    """Keep the choice and show it."""
    return _topics(token, saved=True)


def _topics(token: str, *, saved: bool) -> Response:
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.PREFERENCES, token)
        if saved:
            choose_topics(session, message, set(request.form.getlist("topic")))
        off = topics_off(session, message.customer_id)
        said = words(message.locale)
        topics = [(topic, said[f"topic_{topic}"], topic not in off) for topic in TOPICS]
        return page(session, "preferences.html", message.locale, topics=topics, saved=saved)


@blueprint.get("/c/<token>")
def click(token: str) -> Response:
    """Lead to where the mail's link leads; the target is ours, not the query's."""
    here = runtime.current()
    with unit_of_work(here) as session:
        link = link_of(session, here, token)
        hits.append(session, request, "click", token)
        response = redirect(link.target, code=302)
    response.headers["Referrer-Policy"] = "no-referrer"
    return Response(response.get_data(), 302, response.headers)


@blueprint.get("/o/<token>.gif")
def opened(token: str) -> Response:
    """Answer the open pixel."""
    here = runtime.current()
    if links.read(here.config, Purpose.OPEN, token) is None:
        raise NotFound
    with unit_of_work(here) as session:
        hits.append(session, request, "open", token)
    return Response(PIXEL, mimetype="image/gif", headers={"Cache-Control": "no-store"})
