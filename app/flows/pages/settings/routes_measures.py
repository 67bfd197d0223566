"""Settings about who is written to: declarations, measure, exceptions, holdouts."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from app.experiments import hold_out
from app.flows.pages.settings import measure_forms
from app.flows.pages.settings.measure_page import share_keys
from app.flows.planning.by_hand.pause import lock_shop
from app.kit.clock import business_now
from app.shopify.entry import app_home
from app.shopify.entry.lead_on import lead_on
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.settings import Section, save

blueprint = Blueprint("measures", __name__)
app_home.guard(blueprint)


@blueprint.post("/settings/law")
def keep_law() -> Response:
    """Keep what the merchant declares, with who and when."""
    return _keep(measure_forms.law(request.form))


@blueprint.post("/settings/measures")
def keep_measures() -> Response:
    """Keep how often a person may hear from the shop."""
    return _keep(measure_forms.measures(request.form))


@blueprint.post("/settings/left-out")
def keep_left_out() -> Response:
    """Keep what is left out."""
    return _keep(measure_forms.left_out(request.form))


@blueprint.post("/settings/holdouts")
def keep_holdouts() -> Response:
    """Keep how many people each holdout keeps out."""
    with merchant_session() as session:
        lock_shop(session)
        for field, key in share_keys(session).items():
            if field in request.form:
                hold_out.set_share(session, key, measure_forms.percent(request.form, field), business_now(session))
    return redirect("/settings", 303)


@blueprint.get("/settings/law")
@blueprint.get("/settings/measures")
@blueprint.get("/settings/left-out")
@blueprint.get("/settings/holdouts")
def after_reload() -> Response:
    """Show the settings where a browser reloads the address of a form."""
    return lead_on("/settings")


def _keep(section: Section) -> Response:
    """Save one card. A hand-off is decided wholly before it or wholly after."""
    with merchant_session() as session:
        lock_shop(session)
        save(session, section, by=by_merchant())
    return redirect("/settings", 303)
