"""The shop front on a planted store: looking, buying, and what the app's metaobjects may show."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, jsonify, request
from shopify_app import ShopifyApp
from sqlalchemy import select

from devstore.config import settings
from devstore.state.engine import unit_of_work
from devstore.state.models import Customer, Order, Shop, Variant
from tests.serving import serving
from tests.storefront.conftest import KEY, REVIEWED, SECRET, SHOP, a_review, keep_summary

BASE = f"/store/{SHOP}"


@pytest.fixture
def client(front):
    return front.test_client()


@pytest.fixture
def variant(front):
    with unit_of_work(announce=False) as session:
        return session.scalars(
            select(Variant.id).join(Shop, Shop.id == Variant.shop_id).where(Shop.handle == SHOP)
        ).first()


def test_the_root_leads_to_the_demo_shop(client):
    assert client.get("/").headers["Location"] == f"{BASE}/"


def test_home_shows_every_product_with_its_price(client):
    page = client.get(f"{BASE}/").text
    assert page.count('class="card"') == 12
    assert "£64.00" in page
    assert "from £25.00" in page


def test_product_page_shows_the_reviews_of_that_product_only(client):
    keep_summary(REVIEWED, [a_review(1, body="Pours well & true.")])
    page = client.get(f"{BASE}/products/{REVIEWED}").text
    assert "Pours well &amp; true." in page
    assert "/store/-/extension/reviews.css" in page
    assert "No reviews yet" in client.get(f"{BASE}/products/clay-dripper").text


def test_private_or_draft_entries_stay_unseen(client):
    keep_summary(REVIEWED, [a_review(1, body="Not for the street.")], storefront_access="NONE")
    assert "Not for the street." not in client.get(f"{BASE}/products/{REVIEWED}").text
    keep_summary(REVIEWED, [a_review(1, body="Not for the street.")], status="DRAFT")
    assert "Not for the street." not in client.get(f"{BASE}/products/{REVIEWED}").text
    keep_summary(REVIEWED, [a_review(1, body="For the street.")])
    assert "For the street." in client.get(f"{BASE}/products/{REVIEWED}").text


def test_other_shops_see_nothing_of_it(client):
    keep_summary(REVIEWED, [a_review()])
    assert client.get(f"/store/fernside-tea/products/{REVIEWED}").status_code == 404


def test_a_cart_link_leads_to_a_paid_order(client, variant):
    page = client.get(
        f"{BASE}/cart/{variant}:2?checkout[email]=sam@example.com&checkout[shipping_address][first_name]=Sam"
    )
    assert 'value="sam@example.com"' in page.text
    answer = client.post(
        f"{BASE}/cart/{variant}:2",
        data={"first_name": "Sam", "email": "sam@example.com", "country": "DE", "accepts_marketing": "yes"},
    )
    assert answer.status_code == 303
    thanks = client.get(answer.headers["Location"])
    assert "Thank you, Sam." in thanks.text
    with unit_of_work(announce=False) as session:
        order = session.scalars(select(Order).order_by(Order.order_number.desc())).first()
        customer = session.get_one(Customer, order.customer_id)
        assert (order.financial_status, order.shipping_address["country_code"]) == ("paid", "DE")
        assert (customer.first_name, customer.email_consent, customer.locale) == ("Sam", "subscribed", "de")
    plain = client.get(f"{BASE}/orders/{order.token}").text
    assert f"Order {order.name}" in plain


def test_the_same_shopper_twice_is_one_customer(client, variant):
    form = {"first_name": "Kim", "email": "kim@example.com", "country": "GB"}
    client.post(f"{BASE}/cart/{variant}:1", data=form)
    client.post(f"{BASE}/cart/{variant}:1", data={**form, "email": "KIM@example.com"})
    with unit_of_work(announce=False) as session:
        found = session.scalars(select(Customer).where(Customer.email.ilike("kim@example.com"))).all()
        assert len(found) == 1
        assert len(session.scalars(select(Order).where(Order.customer_id == found[0].id)).all()) == 2


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"first_name": "", "email": "a@example.com", "country": "GB"}, "Enter a first name."),
        ({"first_name": "A", "email": "nobody", "country": "GB"}, "Enter an e-mail address, such as"),
        ({"first_name": "A", "email": "a@example.com", "country": "XX"}, "Choose a country from the list."),
        ({"first_name": "A\0", "email": "a@example.com", "country": "GB"}, "Enter a first name."),
        ({}, "Enter a first name."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_bought(client, variant, form, sentence):
    answer = client.post(f"{BASE}/cart/{variant}:1", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/products/none",
        "/cart/1:1",
        "/cart/x",
        "/cart/%00",
        "/orders/none",
        "/pages/none",
        "/products/%2e%2e",
        "/apps/other/x",
    ],
)
def test_what_is_not_there_is_said_in_the_shops_look(client, path):
    answer = client.get(BASE + path)
    assert answer.status_code == 404
    assert '<link rel="stylesheet" href="/store/-/theme/theme.css">' in answer.text


def test_a_shop_that_does_not_exist_is_not_there(client):
    assert client.get("/store/nobody/").status_code == 404
    assert client.get("/store/-/extension/../blocks/star-rating.liquid").status_code == 404
    assert client.get("/store/-/theme/../front.py").status_code == 404


def test_app_proxy_requests_arrive_signed_as_shopify_signs_them(client, monkeypatch):
    keep_summary(REVIEWED, [a_review()])
    behind = Flask("behind")

    @behind.route("/proxy/<path:rest>", methods=["GET", "POST"])
    def answer(rest):
        return jsonify(url=request.url, cookies=dict(request.cookies), body=request.get_data(as_text=True))

    with serving(behind) as address:
        monkeypatch.setenv("APP_URL", address)
        settings.cache_clear()
        client.set_cookie("secret", "1")
        reply = client.post(f"{BASE}/apps/welltimed/more?page=2&tag=a&tag=b&shop=evil.example.com", data=b"x=1")
    told = json.loads(reply.text)
    assert (told["cookies"], told["body"]) == ({}, "x=1")
    query = dict(parse_qsl(urlsplit(told["url"]).query, keep_blank_values=True))
    assert (query["shop"], query["path_prefix"], query["page"]) == (f"{SHOP}.myshopify.com", "/apps/welltimed", "2")
    verifier = ShopifyApp(client_id=KEY, client_secret=SECRET)
    verified = verifier.verify_app_proxy_req({"method": "POST", "headers": {}, "url": told["url"], "body": ""})
    assert verified.ok


def test_app_proxy_says_so_when_the_app_is_away(client):
    keep_summary(REVIEWED, [a_review()])
    assert client.get(f"{BASE}/apps/welltimed/x").status_code == 502
