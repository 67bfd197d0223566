"""`/r/<t>`: one page for everything of the order that has arrived. Works without JavaScript and from the keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.customers.models import Customer
from app.kit import runtime
from app.kit.errors import NotFound, TooLarge
from app.kit.work import unit_of_work
from app.messages import hits
from app.messages.find import message_of
from app.messages.links import Purpose
from app.messages.models import Message
from app.messages.page_words import words
from app.messages.shopper_page import page
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.reviews.forms import FormErrors, parse_reviews
from app.reviews.models import Review, ReviewState
from app.reviews.submit import Writer, submit

MAX_FORM_BYTES = 200_000

blueprint = Blueprint("review_page", __name__)


@dataclass(frozen=True, slots=True)
class Rateable:
    """Hold one delivered line as the page shows it, with what was said before."""

    id: int
    title: str
    variant: str
    image_url: str
    rating: int | None
    body: str


@blueprint.get("/r/<token>")
def show(token: str) -> Response:
    """Show the form; `?stars=` only preselects, so that a link opened by a machine says nothing."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.REVIEW, token)
        order = _order(session, message)
        hits.append(session, request, "page", token)
        done = request.args.get("done") == "1"
        return _page(session, message, order, values=_chosen(), errors={}, done=done)


@blueprint.post("/r/<token>")
def send(token: str) -> Response:
    """Keep the reviews, then lead to the thank-you; wrong fields come back marked, with nothing typed lost."""
    if (request.content_length or 0) > MAX_FORM_BYTES:
        raise TooLarge("A form may have 200 KB at most.")
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.REVIEW, token)
        order = _order(session, message)
        lines = _rateable(session, message, order)
        read = parse_reviews(request.form, [line.id for line in lines])
        if isinstance(read, FormErrors):
            values = {name: value for name, value in request.form.items() if len(value) <= MAX_FORM_BYTES}
            return _page(session, message, order, values=values, errors=dict(read.by_field), status=422)
        submit(session, order, read, _writer(session, message))
    return Response(status=303, headers={"Location": url_for("review_page.show", token=token, done="1")})


def _chosen() -> dict[str, str]:
    stars = request.args.get("stars", "")
    return {"stars": stars} if stars in {"1", "2", "3", "4", "5"} else {}


def _page(
    session: Session,
    message: Message,
    order: Order,
    *,
    values: dict[str, str],
    errors: dict[str, str],
    done: bool = False,
    status: int = 200,
) -> Response:
    lines = _rateable(session, message, order)
    states = _states(session, order, message.customer_id) if done else set()
    return page(
        session,
        "review.html",
        message.locale,
        status,
        order=order,
        lines=lines,
        values=values,
        errors=errors,
        done=bool(states),
        pending=ReviewState.PENDING in states,
        name=_writer(session, message).name,
        stars=[(n, _star_word(message.locale, n)) for n in range(1, 6)],
    )


def _star_word(locale: str, n: int) -> str:
    said = words(locale)
    return (said["star_one"] if n == 1 else said["star_many"]).format(n=n)


def _order(session: Session, message: Message) -> Order:
    order = session.get(Order, (message.shop_id, message.order_id)) if message.order_id is not None else None
    if order is None or message.customer_id is None:
        raise NotFound
    return order


def _writer(session: Session, message: Message) -> Writer:
    if message.customer_id is None:
        raise NotFound
    customer = session.get_one(Customer, (message.shop_id, message.customer_id))
    return Writer(customer.id, customer.first_name or "", message.locale)


def _rateable(session: Session, message: Message, order: Order) -> list[Rateable]:
    """Return the lines of the order that have arrived and are still the shopper's, in the order they were bought."""
    arrived = (
        select(FulfillmentLine.order_line_id)
        .join(
            Fulfillment,
            (Fulfillment.shop_id == FulfillmentLine.shop_id) & (Fulfillment.id == FulfillmentLine.fulfillment_id),
        )
        .where(
            Fulfillment.shop_id == order.shop_id,
            Fulfillment.order_id == order.id,
            Fulfillment.delivered_at.is_not(None),
        )
    )
    rows = session.execute(
        select(OrderLine, Product, Review)
        .join(
            Product,
            (Product.shop_id == OrderLine.shop_id) & (Product.shopify_id == OrderLine.product_shopify_id),
            isouter=True,
        )
        .join(
            Review,
            (Review.shop_id == OrderLine.shop_id)
            & (Review.order_line_id == OrderLine.id)
            & (Review.customer_id == message.customer_id),
            isouter=True,
        )
        .where(
            OrderLine.shop_id == order.shop_id,
            OrderLine.order_id == order.id,
            OrderLine.id.in_(arrived),
            OrderLine.current_quantity > 0,
            ~OrderLine.is_gift_card,
            OrderLine.product_shopify_id.is_not(None),
        )
        .order_by(OrderLine.id)
    )
    return [
        Rateable(
            line.id,
            line.title,
            line.variant_title or "",
            (product.image_url or "") if product is not None else "",
            review.rating if review is not None else None,
            review.body if review is not None else "",
        )
        for line, product, review in rows.tuples()
    ]


def _states(session: Session, order: Order, customer_id: int | None) -> set[ReviewState]:
    return set(
        session.scalars(
            select(Review.state).where(
                Review.shop_id == order.shop_id, Review.order_id == order.id, Review.customer_id == customer_id
            )
        )
    )
