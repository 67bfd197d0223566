"""Settings: a person's data to download, the standard stars, who mails are from."""

import json

import pytest
from sqlalchemy import select

from app.customers import compliance
from app.customers.models import Customer, Erasure
from app.kit.events import emit
from app.orders.models import Order
from app.reviews.settings import StandardStars
from app.shopify.models import CallState, OutgoingCall
from app.shopify.webhooks.apply import Delivery
from app.shops import settings
from app.shops.models import AccessToken
from app.shops.topics import ScopesChanged
from tests.admin_people import stories
from tests.admin_people.stories import words


def shown(merchant):
    answer = merchant.fetch("/settings")
    assert answer.status_code == 200
    return words(answer.text)


def delivery(merchant, topic, order_id, request_id=7):
    with merchant.work() as session:
        customer = session.get_one(Customer, (merchant.id, session.get_one(Order, (merchant.id, order_id)).customer_id))
        body = {
            "shop_id": 548380009 + merchant.id, "shop_domain": merchant.domain,
            "customer": {"id": customer.shopify_id, "email": customer.email, "phone": None},
        }  # fmt: skip
    if topic == "customers/data_request":
        body |= {"orders_requested": [], "data_request": {"id": request_id}}
    else:
        body |= {"orders_to_redact": []}
    told = Delivery(merchant.domain, topic, merchant.now, merchant.now, body)
    handler = {
        "customers/data_request": compliance.data_requested,
        "customers/redact": compliance.customer_redacted,
    }[topic]
    with merchant.work() as session:
        handler(session, told)


def requests(merchant):
    with merchant.work() as session:
        return list(session.scalars(select(Erasure).order_by(Erasure.id)))


def test_a_persons_data_is_there_to_download(merchant):
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    stories.reviews(merchant, order, 4, "Pours “well”, ça va.")
    assert "None yet." in shown(merchant)
    delivery(merchant, "customers/data_request", order)
    told = shown(merchant)
    assert "Copy of a person's data Done Friday 20 November" in told
    assert "Customer 9001 · asked Friday 20 November · due Sunday 20 December" in told
    (row,) = requests(merchant)
    answer = merchant.fetch(f"/settings/requests/{row.id}/download")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="data-request-{row.id}.json"'
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["customers"][0]["email"] == "ana1@example.com"
    assert answer.json["orders"][0]["order"] == "#1401"
    assert answer.json["reviews"][0]["body"] == "Pours “well”, ça va."


def test_an_erasure_is_listed_and_takes_the_copies_with_it(merchant):
    order, other = merchant.order("Canary"), merchant.order("Bernd")
    delivery(merchant, "customers/data_request", order)
    delivery(merchant, "customers/data_request", other, request_id=8)
    delivery(merchant, "customers/redact", order)
    told = shown(merchant)
    assert "Erasure of a person Done Friday 20 November" in told
    assert "Done, and erased since" in told
    copy, others, erased = requests(merchant)
    assert copy.result is None
    assert others.result is not None
    assert "canary" not in json.dumps([row.result for row in requests(merchant)]).lower()
    for gone in (copy, erased):
        assert merchant.fetch(f"/settings/requests/{gone.id}/download").status_code == 404
    assert merchant.fetch(f"/settings/requests/{others.id}/download").status_code == 200


def test_another_shops_requests_are_neither_seen_nor_had(merchant, neighbour):
    delivery(neighbour, "customers/data_request", neighbour.order("Canary"))
    (row,) = requests(neighbour)
    assert "None yet." in shown(merchant)
    answer = merchant.fetch(f"/settings/requests/{row.id}/download")
    assert answer.status_code == 404
    assert "canary" not in answer.text.lower()


def grants(merchant, *scopes):
    with merchant.work() as session:
        token = session.scalars(select(AccessToken).where(AccessToken.shop_id == merchant.id)).one()
        token.scopes = ",".join(["read_orders", *scopes])
        emit(session, ScopesChanged(merchant.id))


def star_calls(merchant):
    with merchant.work() as session:
        return list(session.scalars(select(OutgoingCall).where(OutgoingCall.kind == "standard_stars")))


def allowed(merchant):
    with merchant.work() as session:
        return settings.load(session, StandardStars).allowed


def test_the_stars_are_off_until_the_merchant_lets_them(merchant):
    stories.reviews(merchant, merchant.order("Ana", placed=9, sent=8, arrived=5), 4, "Pours well.")
    told = shown(merchant)
    assert "Off" in told
    assert "Write these stars" in told
    assert "Shopify asks you first for write_products" in told
    assert star_calls(merchant) == []
    answer = merchant.post("/settings/stars", allowed="yes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings")
    assert allowed(merchant)
    assert len(star_calls(merchant)) == 1
    assert "Waits for Shopify's access" in shown(merchant)
    grants(merchant, "write_products")
    (call,) = star_calls(merchant)
    assert (call.revision, call.state) == (2, CallState.PENDING)
    assert "Stop writing these stars" in shown(merchant)
    merchant.post("/settings/stars", allowed="no")
    assert not allowed(merchant)


def test_access_alone_writes_nothing(merchant):
    stories.reviews(merchant, merchant.order("Ana", placed=9, sent=8, arrived=5), 4, "Pours well.")
    grants(merchant, "write_products")
    assert star_calls(merchant) == []


def test_products_that_are_left_alone_are_told(merchant):
    stories.reviews(merchant, merchant.order("Ana", placed=9, sent=8, arrived=5), 4, "Pours well.")
    merchant.post("/settings/stars", allowed="yes")
    grants(merchant, "write_products")
    with merchant.work() as session:
        call = session.scalars(select(OutgoingCall).where(OutgoingCall.kind == "standard_stars")).one()
        call.state, call.reason = CallState.FAILED, "NotNow: Another app writes the stars of this product."
    assert "1 product: Another app writes the stars of this product." in shown(merchant)


@pytest.mark.parametrize("typed", ["", "on", "YES", "true"])
def test_a_choice_that_is_none_is_refused_by_name(merchant, typed):
    headers = merchant.headers() | {"Accept": "application/json"}
    answer = merchant.client.post("/settings/stars", data={"allowed": typed}, headers=headers)
    assert (answer.status_code, answer.json["error"]["field"]) == (422, "allowed")


def test_the_sender_is_told_and_nothing_is_claimed_that_was_not_looked_at(merchant):
    told = shown(merchant)
    assert "From: Kiln & Kettle <post@welltimed.example.com>" in told
    assert "Answers go to: hello@kiln.example.com" in told
    assert "SPF, DKIM and DMARC of welltimed.example.com are not checked here." in told


@pytest.mark.parametrize("again", [" ana1@example.com", "ANA1@EXAMPLE.COM "])
def test_an_erasure_asked_again_with_the_address_spelled_otherwise_is_the_same_request(merchant, again):
    merchant.order("Ana")
    for email in ("ana1@example.com", again):
        body = {
            "shop_id": 548380009 + merchant.id, "shop_domain": merchant.domain, "orders_to_redact": [],
            "customer": {"id": 9001, "email": email, "phone": None},
        }  # fmt: skip
        with merchant.work() as session:
            compliance.customer_redacted(
                session, Delivery(merchant.domain, "customers/redact", merchant.now, merchant.now, body)
            )
    assert len(requests(merchant)) == 1


def consent_calls(merchant):
    with merchant.work() as session:
        return list(session.scalars(select(OutgoingCall).where(OutgoingCall.kind == "email_consent")))


def test_unsubscribes_stay_here_until_the_merchant_lets_them_out(merchant):
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    stories.agrees(merchant, order, state="unsubscribed", source="our_link")
    other = merchant.order("Ben", placed=9, sent=8, arrived=5)
    stories.agrees(merchant, other, state="unsubscribed", source="shopify_consent")
    told = shown(merchant)
    assert "nobody is ever subscribed" in told
    assert "Shopify asks you first for write_customers" in told
    grants(merchant, "write_customers")
    assert consent_calls(merchant) == []
    answer = merchant.post("/settings/unsubscribes", allowed="yes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings")
    (call,) = consent_calls(merchant)
    assert call.natural_key == f"email_consent:{call.payload['customer']}"
    assert "Stop telling Shopify" in shown(merchant)
    merchant.post("/settings/unsubscribes", allowed="no")
    assert "Tell Shopify about unsubscribes" in shown(merchant)
    assert (
        merchant.client.post("/settings/unsubscribes", data={"allowed": "x"}, headers=merchant.headers()).status_code
        == 422
    )
