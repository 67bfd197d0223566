"""Look at a mail with any real order in it, and get it sent to oneself. The mail stack is loaded at the first look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, render_template, request
from sqlalchemy.orm import Session

from app.flows.pages.asked import question
from app.flows.pages.steps import pick_order
from app.flows.planning.by_hand.edit import find
from app.kit import runtime
from app.kit.errors import AppError, Invalid, NotFound, TooMany
from app.kit.limit import Limit
from app.kit.row_ids import LARGEST
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import merchant_session

if TYPE_CHECKING:
    from app.flows.pages.steps.preview import Preview

blueprint = Blueprint("preview", __name__)
app_home.guard(blueprint)

VIEWS = ("desktop", "phone", "text")
SAMPLES = Limit(times=20, per_s=3_600)  # enough to try every mail in every shape, too few to be used as a mailer


@blueprint.get("/flows/<step>/preview")
def show_preview(step: str) -> str:
    """Show one mail, for a swap in place."""
    with merchant_session() as session:
        return render_template("admin/preview.html", **preview_values(session, step))


@blueprint.get("/flows/<step>/orders")
def find_orders(step: str) -> str:
    """Show the orders a search finds."""
    with merchant_session() as session:
        find(session, step)
        return render_template(
            "admin/orders_found.html",
            found=pick_order.search(session, question(request.args)),
            step=step,
            view=_view(),
            arm=request.args.get("arm", ""),
        )


@blueprint.post("/flows/<step>/send-me")
def send_me(step: str) -> Response:
    """Send the shown mail to the shop's own address, and say where it went or what is in the way."""
    from app.flows.sending import send_sample  # noqa: PLC0415 - the mail stack is loaded by whoever looks at mails

    here = runtime.current()
    try:
        if not SAMPLES.take(g.shop_id):
            raise TooMany("That is 20 test mails within an hour. Try again later.")
        with merchant_session() as session:
            shown = _shown(session, step)
            outbound = send_sample.sample_letter(session, here.config, shown.mail, shown.problem)
        send_sample.send(here, outbound)
    except NotFound:
        raise
    except AppError as problem:
        said = render_template("admin/said.html", failed=True, words=problem.message)
        # Shown where the button is: 422 is what the page swaps in.
        return make_response(said, 422 if isinstance(problem, Invalid) else 200)
    return make_response(render_template("admin/said.html", failed=False, words=f"Sent to {outbound.recipient}."))


def preview_values(session: Session, step: str) -> dict[str, Any]:
    """Return what the preview template shows, by the query of the request."""
    shown, view = _shown(session, step), _view()
    asked = {"order": shown.order_id or "", "arm": shown.arm}
    return {
        "shown": shown,
        "view": view,
        "queries": {each: urlencode(asked | {"view": each}) for each in VIEWS}
        | {"arms": {arm: urlencode(asked | {"view": view, "arm": arm}) for arm in shown.arms}},
        "send_me": asked,
    }


def _shown(session: Session, step: str) -> Preview:
    from app.flows.pages.steps.preview import preview  # noqa: PLC0415 - see send_me

    asked = request.values.get("order", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 20 and int(asked) <= LARGEST):
        raise NotFound
    order_id = int(asked) if asked else pick_order.believable(session)
    config = runtime.current().config
    return preview(session, config.app_url, step, order_id, request.values.get("arm", ""))


def _view() -> str:
    view = request.values.get("view", VIEWS[0])
    if view not in VIEWS:
        raise Invalid("Choose desktop, phone or text.", field="view")
    return view
