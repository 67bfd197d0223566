"""Asking about past orders: who would be asked, who not and why, start and stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.flows.facts.people import full_name
from app.flows.facts.published import is_running
from app.flows.models import LookBackState
from app.flows.planning.look_back import campaign
from app.flows.planning.look_back.survey import survey
from app.flows.words.count_words import counted
from app.flows.words.day_words import date_words
from app.flows.words.described.step_words import when_words
from app.flows.words.under_way.look_back_words import MONTHS, left_out_words, offer_words, standing_words
from app.kit.clock import business_now
from app.kit.errors import Invalid
from app.orders.models import Order
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("look_back", __name__)
app_home.guard(blueprint)

SAMPLE, NAMED = 10, 5
USUAL_MONTHS, USUAL_CAP = "6", "50"


@blueprint.get("/look-back")
def show() -> Response:
    """Show who would be asked with the numbers typed and how a campaign stands, or what is wrong with a number."""
    with merchant_session() as session:
        try:
            return make_response(_page(session, *_numbers()))
        except Invalid as wrong:
            return make_response(render_template("admin/look_back_wrong.html", words=str(wrong)), 422)


@blueprint.post("/look-back")
def begin() -> AnyResponse:
    """Start, or go on with other numbers."""
    months, daily_cap = _numbers()
    with merchant_session() as session:
        campaign.begin(session, months=months, daily_cap=daily_cap, by=by_merchant())
    return redirect(f"/look-back?months={months}&daily_cap={daily_cap}", 303)


@blueprint.post("/look-back/stop")
def stop() -> AnyResponse:
    """Take nobody in any more, and hold what is planned."""
    with merchant_session() as session:
        campaign.stop(session, by=by_merchant())
    return redirect("/look-back", 303)


def _page(session: Session, months: int, daily_cap: int) -> str:
    zone, now = shop_zone(session), business_now(session)
    found = survey(session, campaign.supposed_flow(session), campaign.reach(now, months), now)
    row = campaign.current(session)
    return render_template(
        "admin/look_back.html",
        months=months,
        choices=MONTHS,
        daily_cap=daily_cap,
        words=offer_words(found.people, found.looked_at, months, daily_cap, is_cut=found.is_cut),
        going=found.people,
        sample=[
            {
                "name": full_name(each.gathered.person.customer, each.gathered.order),
                "order": each.gathered.order.name,
                "when": when_words(each.gathered.facts, now, zone),
            }
            for each in found.going[:SAMPLE]
        ],
        left_out=_left_out(found.left_out),
        standing=standing_words(row.state, row.recruited, row.daily_cap) if row else "",
        next_on=("within a quarter of an hour" if row.next_at <= now else date_words(row.next_at, zone, now))
        if row
        else "",
        running=row is not None and row.state is LookBackState.RUNNING,
        started=is_running(session),
    )


def _left_out(by_reason: Mapping[str, Sequence[Order]]) -> list[dict[str, object]]:
    """Return each reason in words, the commonest first, with the first of its orders, which lead to their people."""
    return [
        {
            "why": left_out_words(reason),
            "count": counted(len(orders), "order"),
            "orders": [(order.name, order.customer_id) for order in orders[:NAMED]],
            "more": max(0, len(orders) - NAMED),
        }
        for reason, orders in sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0]))
    ]


def _numbers() -> tuple[int, int]:
    """Return months and orders a day as typed. Raises Invalid."""
    months, cap = request.values.get("months", USUAL_MONTHS), request.values.get("daily_cap", USUAL_CAP)
    if months not in {str(each) for each in campaign.MONTHS}:
        raise Invalid("Choose 1, 3, 6 or 12 months.", field="months")
    if not cap.isascii() or not cap.isdigit() or len(cap) > 4 or int(cap) not in campaign.CAPS:
        message = f"A day's number must be {campaign.CAPS[0]} to {campaign.CAPS[-1]}. You entered {cap[:20]}."
        raise Invalid(message, field="daily_cap")
    return int(months), int(cap)
