"""The merchant's world in a browser: the bridge both ways, three widths, and nobody shut out."""

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from devstore.admin.books import app_books
from devstore.config import settings
from devstore.platform.announce import install_app
from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import LineItem, WebhookDelivery
from devstore.world.carrier_event import add_event
from devstore.world.customers import create_customer
from devstore.world.fulfil import Tracking, fulfil
from devstore.world.place_order import Basket, place_order
from devstore.world.products import create_product
from devstore.world.returns import request_return
from tests.browser import axe, look, picture
from tests.devstore_platform.conftest import DOMAIN, KEY, SECRET, SHOP, take_in
from tests.devstore_platform.embedded_app import make
from tests.serving import serving

pytestmark = pytest.mark.browser
ADMIN = f"/admin/{SHOP}"
APP = f"{ADMIN}/apps/welltimed"


@pytest.fixture
def world(client, web, monkeypatch):
    """The dev store's origin, with an app to embed; the shop has not installed it yet."""
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(serving(web))
        monkeypatch.setenv("DEVSTORE_PORT", store.rpartition(":")[2])
        monkeypatch.setenv("APP_URL", stack.enter_context(serving(make(store, KEY, SECRET))))
        settings.cache_clear()
        yield store


@pytest.fixture
def busy(world):
    """The same with a product, a customer and one order in every state worth seeing."""
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        install_app(session, shop)
        facts = {"handle": "kettle", "title": "Gooseneck kettle, 0.9 l", "drawing": "kettle"}
        create_product(session, shop, facts, [{"price": Decimal(64), "sku": "KET-09"}])
        create_product(session, shop, {"handle": "mugs", "title": "Set of two mugs"}, [{"price": Decimal(28)}])
        place = {"address1": "2 Mill Road", "city": "York", "zip": "YO1 1AA", "country": "United Kingdom"}
        person = {
            "email": "ana.lima@example.com",
            "first_name": "Ana",
            "last_name": "Lima",
            "address": place | {"country_code": "GB"},
        }
        customer = create_customer(session, shop, person | {"consent": "subscribed"})
        basket = Basket(lines=[("kettle", 1), ("mugs", 2)], shipping_price=Decimal(5), note="Shows a normal order")
        order = place_order(session, shop, customer, basket)
        place_order(session, shop, customer, Basket(lines=[("mugs", 1)]))
        kettle = order_line(session, order)
        parcel = fulfil(session, order, lines=[(kettle, 1)], tracking=Tracking("Example Post", "EP123456789"))
        for hours, status in ((30, "in_transit"), (3, "out_for_delivery"), (1, "delivered")):
            add_event(session, parcel, status, happened_at=parcel.created_at - timedelta(hours=hours), city="York")
        request_return(session, order, lines=[(kettle, 1)])
    with unit_of_work() as session:
        for number, row in enumerate(session.query(WebhookDelivery).order_by(WebhookDelivery.id)):
            row.state, row.attempts, row.status, row.ms = "delivered", 1, 200, 8 + number
    return world, order.id, customer.id


def order_line(session, order):
    return session.query(LineItem.id).filter_by(order_id=order.id).order_by(LineItem.position).first()[0]


def test_every_page_fits_and_shuts_nobody_out(busy, open_page):
    store, order, customer = busy
    page = open_page()
    seen = {
        "orders": "orders",
        f"orders/{order}": "order",
        "products": "products",
        "customers": "customers",
        f"customers/{customer}": "customer",
        "apps": "apps",
        "themes/1/editor": "elsewhere",
    }
    for path, name in seen.items():
        page.goto(f"{store}{ADMIN}/{path}")
        look(page, f"admin-{name}", whole=True)
    for number in (0, 1, 2):
        page.locator(".drop > summary").nth(number).click()
        look(page, f"admin-strip-{number}")


def test_the_ledger_and_the_end_fit(busy, open_page, monkeypatch):
    store, _, _ = busy
    told = {"due": 31, "sent": 27, "not_sent": 4, "unknown": 0, "under_way": 2, "undone": 0}
    monkeypatch.setattr("devstore.admin.books.ask_ready", lambda *_: {"shops": {DOMAIN: told}})
    done = [{"words": words, "where": "", "done": True} for words in ("One", "Two", "Three", "Four", "Five", "Six")]
    monkeypatch.setattr("devstore.admin.strip.six_things", lambda *_: done)
    page = open_page()
    page.goto(f"{store}{ADMIN}/orders")
    expect(page.locator("#ledger-head")).to_have_text("twice 0 · lost 27")
    for n in range(27):
        take_in(f"<{n}@example.com>")
    app_books.forget()
    expect(page.locator("#ledger-head")).to_have_text("twice 0 · lost 0")
    expect(page.locator("#closing")).to_contain_text("All of this was real")
    page.locator("summary", has_text="Ledger").click()
    expect(page.locator("#ledger-app")).to_contain_text("due 31 · sent 27 · not sent 4, each with its reason")
    look(page, "admin-ledger")
    page.get_by_role("link", name="What was not sent, and why").click()
    page.wait_for_url(f"{store}{APP}/not-sent")
    expect(page.frame_locator("#app").get_by_role("heading")).to_have_text("not-sent")


def test_install_asks_and_then_shows_the_app(world, open_page):
    page = open_page()
    page.goto(f"{world}/admin")
    page.get_by_role("link", name="Install", exact=True).click()
    look(page, "admin-install", whole=True)
    page.get_by_role("button", name="Install").click()
    frame = page.frame_locator("#app")
    expect(frame.get_by_role("heading")).to_have_text("Home")
    assert page.url == f"{world}{APP}"
    expect(page.locator("#app-nav a")).to_have_text(["Flows", "Reviews"])
    look(page, "admin-embedded")


def test_the_address_follows_the_app_and_reload_and_back_work(busy, open_page):
    store, _, _ = busy
    page = open_page()
    page.goto(f"{store}{APP}/flows?tab=mail")
    frame = page.frame_locator("#app")
    expect(frame.locator("#query")).to_have_text("{'tab': 'mail'}")
    expect(page.locator("#app-nav a[aria-current]")).to_have_text("Flows")
    frame.get_by_role("link", name="Flow seven").click()
    expect(frame.get_by_role("heading")).to_have_text("flows/7")
    page.wait_for_url(f"{store}{APP}/flows/7")
    page.reload()
    expect(frame.get_by_role("heading")).to_have_text("flows/7")
    page.locator("#app-nav a", has_text="Reviews").click()
    expect(frame.get_by_role("heading")).to_have_text("reviews")
    page.wait_for_url(f"{store}{APP}/reviews")
    page.go_back()
    expect(frame.get_by_role("heading")).to_have_text("flows/7")
    page.wait_for_url(f"{store}{APP}/flows/7")
    page.get_by_role("link", name="Welltimed", exact=True).click()
    expect(frame.get_by_role("heading")).to_have_text("Home")
    page.wait_for_url(f"{store}{APP}")


def run(page, name):
    frame = next(one for one in page.frames if "embedded=1" in one.url or one.parent_frame)
    frame.evaluate(f"() => {{ act.{name}(); }}")


def test_the_app_gets_tokens_toasts_scopes_and_products(busy, open_page):
    store, _, _ = busy
    page = open_page()
    page.goto(f"{store}{APP}")
    frame = page.frame_locator("#app")
    out = frame.locator("#out")
    expect(page.locator("#app-nav a")).to_have_count(2)

    run(page, "who")
    expect(out).to_have_text(f"https://{SHOP}.myshopify.com")

    run(page, "toast")
    expect(page.locator(".toast span")).to_have_text("Saved")
    assert axe(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(out).to_have_text("undone")
    expect(page.locator(".toast")).to_have_count(0)

    run(page, "scopes")
    expect(page.locator("#dialog")).to_contain_text("Write to products")
    assert axe(page) == []
    picture(page, "admin-scopes")
    page.get_by_role("button", name="Not now").click()
    expect(out).to_have_text("declined-all")
    run(page, "scopes")
    page.get_by_role("button", name="Allow").click()
    expect(out).to_have_text("granted-all")

    run(page, "pick")
    page.get_by_label("Set of two mugs").check()
    page.get_by_role("button", name="Add").click()
    expect(out).to_have_text('["Set of two mugs"]')

    frame.get_by_role("link", name="The shop's orders").click()
    page.wait_for_url(f"{store}{ADMIN}/orders")


def test_unsaved_changes_are_not_lost_without_a_word(busy, open_page):
    store, _, _ = busy
    page = open_page()
    page.goto(f"{store}{APP}")
    frame = page.frame_locator("#app")
    field = frame.get_by_label("Name")
    expect(page.locator("#app-nav a")).to_have_count(2)
    field.fill("Gentle")
    bar = page.locator("#savebar")
    expect(bar).to_be_visible()
    assert axe(page) == []
    picture(page, "admin-savebar")
    page.get_by_role("button", name="Discard").click()
    expect(field).to_have_value("Classic")
    expect(bar).to_be_hidden()

    field.fill("Gentle")
    page.get_by_role("link", name="Orders").click()
    page.get_by_role("button", name="Keep editing").click()
    expect(field).to_have_value("Gentle")
    bar.get_by_role("button", name="Save").click()
    expect(frame.locator("#query")).to_have_text("{'name': 'Gentle'}")
    expect(bar).to_be_hidden()

    frame.get_by_label("Name").fill("Other")
    page.get_by_role("link", name="Orders").click()
    page.get_by_role("button", name="Discard changes").click()
    page.wait_for_url(f"{store}{ADMIN}/orders")


def test_the_strip_shows_what_happens_without_a_reload(busy, open_page):
    store, order, _ = busy
    page = open_page()
    page.goto(f"{store}{ADMIN}/orders/{order}")
    page.locator(".drop > summary").nth(1).click()
    page.get_by_role("button", name="Lose 20 % of webhooks").click()
    expect(page.get_by_role("button", name="Lose 20 % of webhooks")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#webhooks-state")).to_have_text("broken on purpose")
    page.get_by_role("button", name="Heal").click()
    expect(page.locator("#webhooks-state")).to_have_text("healthy")
    with unit_of_work() as session:
        row = session.query(WebhookDelivery).order_by(WebhookDelivery.id.desc()).first()
        row.status, row.state = 503, "failed"
    expect(page.locator("#answers tr").first).to_contain_text("503")


def test_a_parcel_is_delivered_with_one_click(busy, open_page):
    store, _, _ = busy
    page = open_page(390)
    page.goto(f"{store}{ADMIN}/orders")
    page.get_by_role("link", name="#1002").click()
    page.get_by_role("button", name="Fulfil items").click()
    page.get_by_role("button", name="Deliver now").click()
    expect(page.locator(".events li b").first).to_have_text("Delivered")
    expect(page.get_by_role("button", name="Deliver now")).to_have_count(0)


def test_a_moved_clock_shows_in_the_app_and_on_the_page(busy, open_page, monkeypatch):
    store, _, _ = busy
    monkeypatch.setattr("devstore.clock.jump.PATIENCE_SECONDS", 0.2)
    page = open_page()
    page.goto(f"{store}{APP}/flows")
    expect(page.locator("#app-nav a")).to_have_count(2)
    before = page.locator("#strip-time").text_content()
    with page.expect_request(lambda request: "/flows" in request.url):
        page.get_by_role("button", name="+1 hour").click()
    expect(page.locator("#strip-time")).not_to_have_text(before)
    said = "1 hour passed while it waited for the app to answer."
    expect(page.locator("#strip-moving")).to_contain_text(said)
    page.reload()
    expect(page.locator("#strip-moving")).to_contain_text(said)
    expect(page.locator("#strip-moving")).not_to_have_attribute("data-running", "")
    expect(page.frame_locator("#app").get_by_role("heading")).to_have_text("flows")
