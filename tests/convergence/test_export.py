"""What a merchant downloads when a person asks for their data: everything the shop told us of their orders."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.orders.copy_out import amount
from devstore.platform.sign import mint_id_token
from tests.convergence.player import PLACES
from tests.convergence.shops import DOMAIN
from tests.convergence.test_out_of_order import act
from tests.database import API_KEY, API_SECRET

KETTLE = {"title": "Harbour Kettle", "variant": None}
FILTERS = {"title": "Paper Filters", "variant": None}


@pytest.fixture
def step(fresh):
    """Do one thing at the shop an hour after the last, let the app hear of it; return the answer and the instant."""

    def do(path, **body):
        fresh.move(hours=1)
        answer = act(fresh, "POST", path, **body)
        fresh.deliver()
        fresh.apply()
        return answer, fresh.now.isoformat()

    return do


def download(both):
    """Find the newest request on the settings page and fetch its file, as the admin does."""
    token = mint_id_token(
        shop_domain=DOMAIN, client_id=API_KEY, secret=API_SECRET, user_id="7", session_id="s1", now=datetime.now(UTC)
    )
    asked = {"Authorization": f"Bearer {token}", "HX-Request": "true"}
    page = both.app.get("/settings", headers=asked)
    assert page.status_code == 200
    path = page.text.partition('data-download="')[2].partition('"')[0]
    answer = both.app.get(path, headers=asked)
    assert answer.status_code == 200
    return answer.json


def test_a_downloaded_copy_holds_what_was_bought_sent_paid_back_and_sent_back(fresh, step):
    person = {"email": "ana@example.com", "first_name": "Ana", "last_name": "Weber", "locale": "en"}
    person["address"] = {**PLACES["GB"], "zip": "BS1 6QH", "city": "Bristol", "first_name": "Ana"}
    bought = [{"variant": "harbour-kettle"}, {"variant": "paper-filters", "quantity": 3}]
    order, placed = step(
        "/orders",
        customer=person,
        lines=bought,
        note="Ring twice",
        tags=["vip"],
        discount_code="TEN",
        discount_amount="1",
    )
    kettle, filters = (line["id"] for line in order["line_items"])
    of_order = f"/orders/{order['id']}"
    number = {"tracking_company": "Example Post", "tracking_number": "EX1"}
    first, sent = step(f"{of_order}/fulfillments", lines=[{"line": kettle, "quantity": 1}], **number)
    _, arrived = step(f"/fulfillments/{first['id']}/events", status="delivered")
    _, sent_more = step(f"{of_order}/fulfillments", lines=[{"line": filters, "quantity": 2}], tracked=False)
    _, paid_back = step(f"{of_order}/refunds", lines=[{"line": filters, "quantity": 1}])
    _, opened = step(f"{of_order}/returns", lines=[{"line": kettle, "quantity": 1}])
    fresh.reconcile(fresh.shop_id)  # the webhook of a refund does not say how much was paid back
    step(f"/customers/{order['customer']['id']}/data-request")
    (copy,) = download(fresh)["orders"]
    lines, parcels, refunds, returns = (copy.pop(name) for name in ("lines", "parcels", "refunds", "returns"))
    assert copy.pop("status_url").startswith("http")
    assert copy == {
        "order": order["name"], "placed_at": placed, "paid_at": placed, "cancelled_at": None, "cancel_reason": None,
        "financial_status": "partially_refunded", "fulfillment_status": "fulfilled", "email": "ana@example.com",
        "locale": "en", "country": "GB", "province": "ENG", "zip": "BS1 6QH", "recipient_name": "Ana",
        "note": "Ring twice", "tags": "vip", "discount_codes": ["TEN"], "total": "76.08", "currency": "GBP",
    }  # fmt: skip
    assert lines == [
        KETTLE | {"sku": "HK-1", "quantity": 1, "current_quantity": 1, "price": "64.00", "currency": "GBP"},
        FILTERS | {"sku": "", "quantity": 3, "current_quantity": 2, "price": "6.50", "currency": "GBP"},
    ]
    assert [parcel.pop("scans") for parcel in parcels] == [
        [{"status": "delivered", "at": arrived, "message": "Delivered"}],
        [],
    ]
    assert parcels[0].pop("tracking_url").endswith("EX1")
    untold = dict.fromkeys(("estimated_delivery_at", "cancelled_at", "ready_for_pickup_at", "picked_up_at"))
    assert parcels == [
        untold | {
            "status": "success", "company": "Example Post", "tracking_number": "EX1", "shipped_at": sent,
            "delivered_at": arrived, "delivered_source": "carrier_event", "delivered_confidence": "certain",
            "lines": [KETTLE | {"quantity": 1}],
        },
        untold | {
            "status": "success", "company": None, "tracking_number": None, "tracking_url": None,
            "shipped_at": sent_more, "delivered_at": None, "delivered_source": None, "delivered_confidence": None,
            "lines": [FILTERS | {"quantity": 2}],
        },
    ]  # fmt: skip
    assert refunds == [{"at": paid_back, "amount": "6.50", "currency": "GBP", "lines": [FILTERS | {"quantity": 1}]}]
    assert returns == [
        {
            "return": f"{order['name']}-R1", "status": "requested", "opened_at": opened, "closed_at": None,
            "lines": [KETTLE | {"quantity": 1}],
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("64.000", "GBP", "64.00"), ("6.500", "EUR", "6.50"), ("1200.000", "JPY", "1200"), ("1.250", "KWD", "1.250"),
        ("0.125", "USD", "0.125"), ("-3.000", "USD", "-3.00"),
    ],
)  # fmt: skip
def test_money_has_the_places_of_its_currency_and_loses_nothing(value, currency, written):
    assert amount(Decimal(value), currency) == written
