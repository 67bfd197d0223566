"""Reviews in the admin: to decide, published, hidden; publish one, or hide it for a reason from the closed list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit import runtime
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.reviews.desk import cards, decide, queries
from app.reviews.desk.reason_words import REASONS, WHY_NOT_STARS
from app.reviews.states import HiddenReason, ReviewState
from app.shopify.entry import app_home
from app.shopify.entry.lead_on import lead_on
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("reviews_admin", __name__)
app_home.guard(blueprint)

TABS: Final[Mapping[ReviewState, str]] = {
    ReviewState.PENDING: "To decide",
    ReviewState.PUBLISHED: "Published",
    ReviewState.HIDDEN: "Hidden",
}
EMPTY: Final[Mapping[ReviewState, str]] = {
    ReviewState.PENDING: "All decided. Reviews without links or contacts are published at once.",
    ReviewState.PUBLISHED: "None is published yet.",
    ReviewState.HIDDEN: "None is hidden.",
}
DONE: Final = {"published": "Published. It goes to the product page now.", "hidden": "Hidden."}
LAST_PAGE: Final = 1_000


@blueprint.get("/reviews")
def show() -> str:
    """Show one tab."""
    with merchant_session() as session:
        return _page(session, _state(request.args.get("state")), _number(request.args.get("page", "1")))


@blueprint.post("/reviews/<int:review_id>/publish")
def publish(review_id: int) -> Response:
    """Show a review on the storefront."""
    state = _state(request.form.get("state"))
    with merchant_session() as session:
        decide.publish(session, review_id, by=by_merchant())
    return redirect(_address(state, done="published"), 303)


@blueprint.post("/reviews/<int:review_id>/hide")
def hide(review_id: int) -> Response:
    """Hide a review, for a reason."""
    state, reason = _state(request.form.get("state")), request.form.get("reason", "")
    with merchant_session() as session:
        if reason not in set(HiddenReason):
            if not queries.exists(session, review_id):
                raise NotFound
            words = f"Choose a reason from the list. {WHY_NOT_STARS}"
            if "HX-Request" not in request.headers:
                raise Invalid(words, field="reason")
            return make_response(_page(session, state, 1, error=words), Invalid.status)
        decide.hide(session, review_id, HiddenReason(reason), by=by_merchant())
    return redirect(_address(state, done="hidden"), 303)


@blueprint.get("/reviews/<int:review_id>/publish")
@blueprint.get("/reviews/<int:review_id>/hide")
def after_reload(review_id: int) -> Response:
    """Show the list where a browser reloads the address of a form."""
    return lead_on("/reviews")


def _page(session: Session, state: ReviewState, number: int, *, error: str = "") -> str:
    now, zone, counted = business_now(session), shop_zone(session), queries.counts(session)
    found = queries.cards(session, state, number)
    next_ask: Callable[[Session], str] = runtime.current().parts["next_ask"]
    return render_template(
        "admin/reviews/list.html",
        counts=counted,
        tabs=[
            {"label": label, "count": getattr(counted, each.value), "href": _address(each), "on": each is state}
            for each, label in TABS.items()
        ],
        state=state.value,
        cards=[cards.shown(card, zone, now) for card in found[: queries.PER_PAGE]],
        empty=EMPTY[state] if counted.received else f"No reviews yet. {next_ask(session)}",
        reasons=REASONS,
        why_not_stars=WHY_NOT_STARS,
        previous=_address(state, number - 1) if number > 1 else "",
        next=_address(state, number + 1) if len(found) > queries.PER_PAGE else "",
        notice=DONE.get(request.args.get("done", ""), ""),
        error=error,
    )


def _address(state: ReviewState, number: int = 1, *, done: str = "") -> str:
    said = {"state": state.value} | ({"page": str(number)} if number > 1 else {}) | ({"done": done} if done else {})
    return f"/reviews?{urlencode(said)}"


def _state(typed: str | None) -> ReviewState:
    if typed is None:
        return ReviewState.PENDING
    if typed not in set(ReviewState):
        raise Invalid("A review is to decide (pending), published or hidden.", field="state")
    return ReviewState(typed)


def _number(typed: str) -> int:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    if not 1 <= number <= LAST_PAGE:
        raise Invalid(f"Page must be 1 to {LAST_PAGE}. You asked for {typed[:6]}.", field="page")
    return number
