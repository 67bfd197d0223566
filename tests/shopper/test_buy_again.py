"""Back to the cart with what is sold now, whatever was sold then."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from app.catalog.models import Product, Variant
from app.messages.signed.buy_again import Wanted, cart_permalink
from app.messages.signed.links import Purpose
from app.shops.models import ShopProfile


def cart(answer):
    assert answer.status_code == 302
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return urlsplit(answer.headers["Location"])


def test_the_cart_holds_what_the_mail_spoke_of(web, people):
    mailed = people.mail("Harbour kettle", "Mug set")
    found = cart(web.get(mailed.path(Purpose.BUY_AGAIN)))
    assert found.netloc == "kiln.example.com"
    assert found.path == "/cart/" + ",".join(f"{product}:1" for product in mailed.products)
    assert parse_qs(found.query)["utm_campaign"] == ["review_request"]


def test_a_mail_about_the_whole_order_fills_the_cart_with_it(web, people):
    mailed = people.mail("Harbour kettle", "Mug set", asked=False)
    assert cart(web.get(mailed.path(Purpose.BUY_AGAIN))).path.count(":1") == 2


@pytest.mark.parametrize(
    "change",
    [
        update(Variant).values(available=False),
        update(Variant).values(deleted_at=Variant.source_updated_at),
        update(Product).values(deleted_at=Product.source_updated_at),
        update(Product).values(status="archived"),
        update(ShopProfile).values(primary_url="javascript:alert(1)"),
    ],
    ids=["sold out", "variant gone", "product gone", "archived", "no web address"],
)
def test_what_cannot_be_bought_is_said_on_a_page(web, people, change):
    mailed = people.mail()
    with people.work() as session:
        session.execute(change)
    page = web.get(mailed.path(Purpose.BUY_AGAIN))
    assert page.status_code == 200
    assert "Not for sale right now" in page.get_data(as_text=True)
    assert "javascript:" not in page.get_data(as_text=True)


def test_what_is_left_is_put_in_the_cart(web, people):
    mailed = people.mail("Harbour kettle", "Mug set")
    with people.work() as session:
        session.execute(update(Variant).where(Variant.shopify_id == mailed.products[0]).values(available=False))
    assert cart(web.get(mailed.path(Purpose.BUY_AGAIN))).path == f"/cart/{mailed.products[1]}:1"


def test_the_same_variant_twice_is_one_line_of_the_cart():
    link = cart_permalink("https://kiln.example.com/", [Wanted(7, 1), Wanted(9, 2), Wanted(7, 2)], "review_request")
    assert link.startswith("https://kiln.example.com/cart/7:3,9:2?")
    assert cart_permalink("https://kiln.example.com", [], "x") is None
