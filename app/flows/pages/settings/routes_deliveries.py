"""What a shop chooses for its parcels: the page, and saving it."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from app.flows.pages.settings.deliveries_form import NAMES, WrongDeliveries, deliveries
from app.flows.pages.settings.deliveries_page import silence
from app.orders.lanes import rounds
from app.orders.lanes.settings import Deliveries
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.settings import load, save

blueprint = Blueprint("deliveries", __name__)
app_home.guard(blueprint)

SAVED = "Saved. Parcels on their way follow within the next minutes."
SAME = "Nothing was changed: all of it stands like that already."


@blueprint.get("/settings/deliveries")
def show() -> str:
    """Show the choices."""
    with merchant_session() as session:
        return _page(session)


@blueprint.post("/settings/deliveries")
def keep() -> Response:
    """Keep what was typed and tell the parcels on their way, or show what is wrong next to the field."""
    with merchant_session() as session:
        try:
            chosen = deliveries(request.form)
        except WrongDeliveries as wrong:
            return make_response(_page(session, errors=wrong.errors), 422)
        if chosen == load(session, Deliveries):
            return make_response(_page(session, notice=SAME))
        save(session, chosen, by=by_merchant())
        rounds.look_again(session)
        return make_response(_page(session, notice=SAVED))


def _page(session: Session, *, errors: dict[str, str] | None = None, notice: str = "") -> str:
    kept = {name: str(value or "") for name, value in asdict(load(session, Deliveries)).items()}
    kept["risk_percent"] = kept["risk_percent"] or "0"
    fields = {name: request.form.get(name, "") for name in NAMES} if errors else kept
    return render_template(
        "admin/settings/deliveries.html",
        silence=silence(session),
        fields=fields,
        errors=errors or {},
        notice=notice,
    )
