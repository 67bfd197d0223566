"""Customers: found by name, address or order number; one person's timeline; "Why?" for each message."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.flows.pages import asked
from app.flows.pages.people import person as people
from app.flows.pages.people.entries import Whose
from app.flows.pages.people.nothing_planned import nothing_planned
from app.flows.pages.people.search import Hit, search
from app.flows.pages.people.timeline import timeline
from app.flows.planning.by_hand.pause_person import LENGTHS, pause_person, resume_person
from app.flows.words.count_words import counted
from app.flows.words.day_words import clock_name, date_words
from app.kit.clock import business_now
from app.kit.errors import Invalid
from app.shopify.entry import app_home
from app.shopify.entry.lead_on import lead_on
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

DONE = {
    "paused": "Optional messages wait from now on.",
    "resumed": "Messages go on.",
    "nothing": "There was no pause to end.",
}

blueprint = Blueprint("people", __name__)
app_home.guard(blueprint)


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the list, in words."""

    name: str
    email: str
    href: str
    words: str


@blueprint.get("/customers")
def show_customers() -> str:
    """Show whoever a question finds; without one, whoever came last."""
    typed, number = asked.question(request.args), asked.page_number(request.args)
    with merchant_session() as session:
        page = search(session, typed, number)
        now, zone = business_now(session), shop_zone(session)
        return render_template(
            "admin/people/list.html",
            q=typed,
            number=number,
            found={
                "hits": [_found(hit, date_words(hit.last_at, zone, now) if hit.last_at else "") for hit in page.hits],
                "more": page.more,
            },
            previous=_page_of(typed, number - 1),
            next=_page_of(typed, number + 1),
        )


@blueprint.get("/customers/<int:customer_id>")
def show_person(customer_id: int) -> str:
    """Show one person."""
    with merchant_session() as session:
        return _page(session, people.find(session, customer_id))


@blueprint.get("/customers/orders/<int:order_id>")
def show_buyer(order_id: int) -> AnyResponse:
    """Lead to the person behind an order; show the order alone where nobody is known behind it."""
    with merchant_session() as session:
        whose = people.find_by_order(session, order_id)
        if whose.customer is not None:
            return lead_on(f"/customers/{whose.customer.id}")
        return make_response(_page(session, whose))


@blueprint.post("/customers/<int:customer_id>/pause")
def pause(customer_id: int) -> AnyResponse:
    """Pause what is optional."""
    with merchant_session() as session:
        whose = people.find(session, customer_id)
        try:
            pause_person(session, customer_id, request.form.get("days", ""), by=by_merchant())
        except Invalid as wrong:
            return make_response(_page(session, whose, error=wrong.message), wrong.status)
    return redirect(f"/customers/{customer_id}?done=paused", 303)


@blueprint.post("/customers/<int:customer_id>/resume")
def resume(customer_id: int) -> AnyResponse:
    """End the pause."""
    with merchant_session() as session:
        whose = people.find(session, customer_id)
        paused = people.person(session, whose, shop_zone(session), business_now(session)).paused_until is not None
        try:
            resume_person(session, customer_id, by=by_merchant())
        except Invalid as wrong:
            return make_response(_page(session, whose, error=wrong.message), wrong.status)
    return redirect(f"/customers/{customer_id}?done={'resumed' if paused else 'nothing'}", 303)


@blueprint.get("/customers/<int:customer_id>/pause")
@blueprint.get("/customers/<int:customer_id>/resume")
def after_reload(customer_id: int) -> AnyResponse:
    """Show the person where a browser reloads the address of a form."""
    return lead_on(f"/customers/{customer_id}")


def _page(session: Session, whose: Whose, *, error: str = "") -> str:
    now, zone = business_now(session), shop_zone(session)
    head = people.person(session, whose, zone, now)
    before = None if error else asked.before(request.args)
    told = timeline(session, whose, zone, now, before)
    address = f"/customers/{head.id}" if whose.order is None else f"/customers/orders/{whose.order.id}"
    until = head.paused_until
    return render_template(
        "admin/people/person.html",
        person=head,
        about=" · ".join(part for part in (head.orders, head.country) if part),
        timeline=told,
        clock=clock_name(zone),
        first=before is None,
        newer=address if before is not None else "",
        older=f"{address}?{urlencode({'before': told.older_than.isoformat()})}" if told.older_than else "",
        nothing="" if told.planned else nothing_planned(session, whose),
        paused=f"Messages are paused until {date_words(until, zone, now)}" if until else "",
        lengths=LENGTHS,
        waiting=_waiting(told.planned_count),
        notice=DONE.get(request.args.get("done", ""), ""),
        error=error,
    )


def _found(hit: Hit, last: str) -> Found:
    orders = (
        f"{hit.last_order} on {last}"
        if hit.orders == 1
        else f"{counted(hit.orders, 'order')}, {hit.last_order} on {last}"
    )
    return Found(hit.name, hit.email, hit.href, orders if hit.orders else "No orders yet")


def _page_of(typed: str, number: int) -> str:
    return f"/customers?{urlencode({'q': typed, 'page': number})}"


def _waiting(planned: int) -> str:
    if planned == 0:
        return "Nothing is planned now. Product help and review requests of new orders will wait."
    return (
        f"{counted(planned, 'message')} planned. Product help and review requests wait until the pause ends, or are"
        " left out where they would be too old by then."
    )
