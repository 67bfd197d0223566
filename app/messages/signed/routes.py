"""The signed ways of a mail that are not about one product: stop, click, open. GET appends a hit at most."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, request, url_for

from app.kit import runtime
from app.kit.errors import Invalid, NotFound
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.hits import keep as hits
from app.messages.mail.web_address import spelled
from app.messages.signed.find import link_of, message_of
from app.messages.signed.links import Purpose, path, read
from app.messages.signed.page_words import words
from app.messages.signed.proof import proof
from app.messages.signed.shopper_page import form, leave, page
from app.messages.signed.stop import unsubscribe
from app.messages.signed.too_often import too_often
from app.messages.signed.while_away import kept_or_told
from app.messages.wishes import all_off

blueprint = Blueprint("messages", __name__)

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
ONE_CLICK = "One-Click"  # RFC 8058's exact body: List-Unsubscribe=One-Click
MAX_FORM_BYTES = 10_000


@blueprint.get("/u/<token>")
def ask_to_stop(token: str) -> Response:
    """Show the question, or that mail is stopped; a scanner that opens every link stops nobody's mail."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.UNSUBSCRIBE, token)
        return page(
            session,
            "unsubscribe.html",
            words(message.locale),
            done=all_off(session, message),
            preferences_url=path(here.config, Purpose.PREFERENCES, message.shop_id, message.public_id),
        )


@blueprint.post("/u/<token>")
def stop(token: str) -> Response:
    """Stop optional mail: the page's own button, or a mail program's one click, which needs no page."""
    return kept_or_told(lambda: _stop(runtime.current(), token))


def _stop(here: Runtime, token: str) -> Response:
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.UNSUBSCRIBE, token)
        typed = form(MAX_FORM_BYTES)
        one_click = typed.get("List-Unsubscribe") == ONE_CLICK
        held_back = None if one_click else too_often(session, message)
        if held_back is not None:
            return held_back
        if not one_click and typed.get("stop") != "yes":
            raise Invalid("To stop these mails, press the button on the page.", field="stop")
        unsubscribe(session, message, proof(here.config, request, message, "unsubscribe"))
    if one_click:
        return Response(status=200)
    return Response(status=303, headers={"Location": url_for("messages.ask_to_stop", token=token)})


@blueprint.get("/c/<token>")
def click(token: str) -> Response:
    """Lead to where the mail's link leads; the target is ours, not the query's."""
    here = runtime.current()
    with unit_of_work(here) as session:
        link = link_of(session, here, token)
        target = spelled(link.target)
        if target is None:
            raise NotFound
        hits.append(session, request, "click", token)
    return leave(target)


@blueprint.get("/o/<token>.gif")
def opened(token: str) -> Response:
    """Answer the open pixel, whatever has become of its mail: grading looks, and keeps nothing about who is erased."""
    here = runtime.current()
    if read(here.config, Purpose.OPEN, token) is None:
        raise NotFound
    with unit_of_work(here) as session:
        hits.append(session, request, "open", token)
    return Response(PIXEL, mimetype="image/gif", headers={"Cache-Control": "no-store"})
