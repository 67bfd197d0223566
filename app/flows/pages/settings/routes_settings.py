"""Settings: people's requests about their data, the stars themes read, who mails are from."""

from __future__ import annotations

import json

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app.customers import push_consent
from app.flows.facts.calendars import CalendarSetting, SeasonSetting
from app.flows.pages.settings import settings_page
from app.flows.pages.settings.calendar_form import calendar_words
from app.flows.pages.settings.deliveries_page import parcel_words
from app.flows.pages.settings.measure_page import measure_page
from app.flows.pages.settings.seasons_form import season_words
from app.flows.syncing.importing.progress import progress
from app.kit import runtime
from app.kit.clock import business_now
from app.kit.errors import Invalid
from app.reviews.storefront.let_stars import let_stars
from app.reviews.storefront.standard_stars import SCOPE
from app.shopify.entry import app_home
from app.shopify.entry.lead_on import lead_on
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.settings import load
from app.shops.zone import shop_zone

blueprint = Blueprint("settings", __name__)
app_home.guard(blueprint)

CHOICES = {"yes": True, "no": False}


@blueprint.get("/settings")
def show() -> str:
    """Show the settings."""
    with merchant_session() as session:
        zone, now = shop_zone(session), business_now(session)
        return render_template(
            "admin/settings/settings.html",
            requests=settings_page.data_requests(session, zone, now),
            stars=settings_page.stars(session),
            scope=SCOPE,
            quiet=calendar_words(load(session, CalendarSetting)),
            seasons=season_words(load(session, SeasonSetting), now.astimezone(zone).date()),
            parcels=parcel_words(session),
            history=progress(session),
            measure=measure_page(session, zone, now),
            told=settings_page.tell_shopify(session),
            told_scope=push_consent.SCOPE,
            sender=settings_page.sender(session, runtime.current().config),
        )


@blueprint.get("/settings/requests/<int:request_id>/download")
def download(request_id: int) -> Response:
    """Hand over everything held of a person, as a file."""
    with merchant_session() as session:
        row = settings_page.export_of(session, request_id)
        body = json.dumps(row.result, ensure_ascii=False, indent=2)
        name = f"data-request-{row.id}.json"
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.post("/settings/stars")
def choose_stars() -> Response:
    """Let the stars themes read be written, or stop it."""
    typed = request.form.get("allowed", "")
    if typed not in CHOICES:
        raise Invalid("Allowed must be yes or no.", field="allowed")
    with merchant_session() as session:
        let_stars(session, allowed=CHOICES[typed], by=by_merchant())
    return redirect("/settings", 303)


@blueprint.post("/settings/unsubscribes")
def choose_unsubscribes() -> Response:
    """Let an unsubscribe here be written to Shopify too, or stop it."""
    typed = request.form.get("allowed", "")
    if typed not in CHOICES:
        raise Invalid("Allowed must be yes or no.", field="allowed")
    with merchant_session() as session:
        push_consent.let_push(session, allowed=CHOICES[typed], by=by_merchant())
    return redirect("/settings", 303)


@blueprint.get("/settings/stars")
@blueprint.get("/settings/unsubscribes")
def after_reload() -> Response:
    """Show the settings where a browser reloads the address of the form."""
    return lead_on("/settings")
