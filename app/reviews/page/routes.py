"""`/r/<t>`: one page for everything of the order that has arrived. Works without JavaScript and from the keyboard."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.kit import runtime
from app.kit.errors import NotFound
from app.kit.work import unit_of_work
from app.messages.hits import keep as hits
from app.messages.models import Message
from app.messages.signed.find import message_of
from app.messages.signed.links import Purpose
from app.messages.signed.shopper_page import form, page, profile
from app.messages.signed.too_often import too_often
from app.orders.arrival.denials import deny_arrival
from app.orders.models import Order
from app.reviews.page.forms import STARS, FormErrors, parse_reviews
from app.reviews.page.page_words import words
from app.reviews.page.rateable import rateable
from app.reviews.page.review_form import cards, name_shown, sentences, what_was_said
from app.reviews.page.submit import Writer, submit

MAX_FORM_BYTES = 200_000

blueprint = Blueprint("review_page", __name__)


@blueprint.get("/r/<token>")
def show(token: str) -> Response:
    """Show the form; `?stars=` only preselects, so that a link opened by a machine says nothing."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.REVIEW, token)
        order, writer = _order(session, message), _writer(session, message)
        stars = STARS.get(request.args.get("stars", ""))
        hits.append(session, request, "page", token, part=str(stars or ""))
        if request.args.get("done") == "1":
            said = words(message.locale)
            shown = what_was_said(rateable(session, message, order), said, profile(session).name)
            if shown:
                return page(session, "review_thanks.html", said, shown=shown)
        if request.args.get("done") == "not_arrived":
            return page(session, "review_not_arrived.html", words(message.locale))
        return _form(session, message, order, writer, stars=stars)


@blueprint.post("/r/<token>")
def send(token: str) -> Response:
    """Keep the reviews, then lead to the thank-you; wrong fields come back marked, with nothing typed lost."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.REVIEW, token)
        order, writer = _order(session, message), _writer(session, message)
        held_back = too_often(session, message)
        if held_back is not None:
            return held_back
        typed = form(MAX_FORM_BYTES)
        lines = rateable(session, message, order)
        missing = next((line for line in lines if str(line.id) == typed.get("not_arrived")), None)
        if missing is not None:
            deny_arrival(session, order, missing.id, message.id)
            return Response(
                status=303, headers={"Location": url_for("review_page.show", token=token, done="not_arrived")}
            )
        read = parse_reviews(typed, [line.id for line in lines])
        if isinstance(read, FormErrors):
            return _form(session, message, order, writer, typed=typed, errors=read)
        submit(session, order, read, writer)
    return Response(status=303, headers={"Location": url_for("review_page.show", token=token, done="1")})


def _form(
    session: Session,
    message: Message,
    order: Order,
    writer: Writer,
    *,
    stars: int | None = None,
    typed: Mapping[str, str] | None = None,
    errors: FormErrors | None = None,
) -> Response:
    said = words(message.locale)
    lines = rateable(session, message, order)
    wrong = sentences(errors, said) if errors else {}
    return page(
        session,
        "review.html",
        said,
        422 if wrong else 200,
        order=order,
        cards=cards(lines, stars, typed, wrong),
        errors=wrong,
        name=name_shown(lines, writer.name, typed),
    )


def _order(session: Session, message: Message) -> Order:
    order = session.get(Order, (message.shop_id, message.order_id)) if message.order_id is not None else None
    if order is None or order.deleted_at is not None or message.customer_id is None:
        raise NotFound
    return order


def _writer(session: Session, message: Message) -> Writer:
    if message.customer_id is None:
        raise NotFound
    customer = session.get_one(Customer, (message.shop_id, message.customer_id))
    return Writer(customer.id, customer.first_name or "", message.locale)
