"""What a merchant sees, at the widths they have: nothing scrolls sideways, nothing breaks WCAG 2.1 AA."""

import json
from functools import partial

import pytest
from sqlalchemy import select

from app import wiring
from app.channels import closed
from app.flows.models import FollowUp
from app.flows.planning.by_hand.pause import pause_refused
from app.kit import runtime
from tests.admin import in_admin
from tests.admin.flow_documents import document, running, send, wait
from tests.admin.merchant import Merchant
from tests.browser import PHONE, look, sideways
from tests.database import make_config
from tests.devstore_platform.conftest import database

__all__ = ["database"]

pytestmark = pytest.mark.browser


@pytest.fixture
def admin(cluster, migrated, redis_url, clock, database, monkeypatch, tmp_path):
    """The shop's merchant and the address of the app in their admin."""
    ports = {"app": in_admin.free_port(), "devstore": in_admin.free_port()}
    url = cluster.create_database(template=migrated)
    addresses = {
        "APP_URL": f"http://127.0.0.1:{ports['app']}",
        "SHOPIFY_GATEWAY_URL": f"http://127.0.0.1:{ports['devstore']}",
    }
    app = wiring.create_app(make_config(url, redis_url, **addresses))
    here = runtime.current()
    here.parts["flask"] = app
    merchant = Merchant(here, clock, picture=f"http://127.0.0.1:{ports['devstore']}/admin/static/app.svg")
    with in_admin.admin_of(app, database, monkeypatch, ports, tmp_path / "sink.jsonl") as address:
        yield merchant, address
    here.engines.dispose()
    cluster.drop_database(url)


def opened(open_page, address, path=""):
    page = open_page()
    page.goto(f"{address}{path}")
    frame = page.frame_locator("#app")
    frame.locator("s-page").wait_for()
    return page, frame


@pytest.mark.parametrize("path", ["/settings/stars", "/settings/law", "/reviews/1/hide", "/customers/1/pause"])
def test_a_form_s_address_reloaded_in_the_admin_shows_the_page_it_is_on(admin, open_page, path):
    merchant, address = admin
    merchant.order("Ana", placed=3, sent=2)
    _, frame = opened(open_page, address, path)
    assert frame.locator("s-page").count() == 1


def test_every_page_at_every_width(admin, open_page):
    merchant, address = admin
    page = open_page()

    def seen(name, path=""):
        page.goto(f"{address}{path}")
        page.frame_locator("#app").locator("s-page").wait_for()
        look(page, f"admin-{name}")

    for name in ("Ana", "Bernd", "Dai"):
        merchant.order(name, sent=1, country={"Dai": "JP", "Bernd": "DE"}.get(name, "GB"))
    merchant.order("Cleo", sent=5, arrived=1)
    seen("first")
    seen("start", "/start?include=yes&shopify=no")
    seen("flows", "/flows")
    seen("step", "/flows/review_request")
    merchant.post("/start", shopify="no", include="yes")
    fork = {"type": "branch", "key": "large", "if": {"fact": "order_total", "op": "at_least", "value": 50}}
    running(merchant, wait("use_it", 2), fork | {"then": [send("care_for_it", delay_days=1)]}, send("second_look"))
    merchant.order("Dora", sent=2, arrived=0)
    seen("flow", "/flow/care")
    seen("flow-wait", "/flow/care/waits/use_it")
    seen("step-own", "/flows/care_for_it")
    seen("flow-new", "/flow")
    seen("flows-own", "/flows")
    page.goto(f"{address}/flow/care")
    frame = page.frame_locator("#app")
    text = json.dumps(document(send("care_for_it", delay_days=3), name="Care, later"))
    frame.locator("s-text-area textarea").fill(text)
    frame.get_by_role("button", name="See what it does").click()
    frame.get_by_role("heading", name="Before you publish").wait_for()
    look(page, "admin-flow-check")
    frame.get_by_role("button", name="Publish").click()
    frame.get_by_role("heading", name="Versions").wait_for()
    look(page, "admin-flow-published")
    seen("started", "/started")
    seen("home")
    merchant.post("/pause")
    seen("paused")


def test_what_the_mail_server_refuses_at_every_width(admin, open_page):
    merchant, address = admin
    merchant.post("/start")
    order = merchant.order("Ana", placed=0)
    merchant.order("Bela", placed=0)
    with merchant.work() as session:
        closed.close(session, "no connection to the mail server: [Errno 111] Connection refused")
        row = session.scalars(select(FollowUp).where(FollowUp.order_id == order)).one()
        pause_refused(
            session, "550 at rcpt: 5.7.1 (address): Sender is listed, see https://lists.example.com/x", row.id
        )
    merchant.pass_time(hours=1)
    page, frame = opened(open_page, address)
    frame.get_by_text("Mails cannot leave right now").wait_for()
    look(page, "admin-refused", whole=True)
    frame.get_by_text("Send none of them").click()
    frame.get_by_role("button", name="Resume sending").click()
    frame.get_by_role("button", name="Pause all sending").wait_for()
    assert {row.reason for row in merchant.plans().values()} == {"skipped_by_merchant"}


def test_starting_looking_and_leaving_by_hand(admin, open_page):
    """One pass with a mouse: start, skip, why, switch, change a delay, pause, and back again."""
    merchant, address = admin
    merchant.order("Ana", sent=1)
    merchant.order("Cleo", sent=5, arrived=1)
    page, frame = opened(open_page, address)
    frame.get_by_role("link", name="Start", exact=True).click()
    frame.get_by_text("Also 1 order already on its way").click()
    frame.get_by_text("Product help: 3 days after it arrives").wait_for()
    frame.get_by_text("No", exact=True).click()
    frame.get_by_role("button", name="Start: first message in a moment").click()
    frame.get_by_text("Running. First message today 12:00, to Ana.").wait_for()
    assert page.url.endswith("/apps/welltimed/started")

    page.go_back()
    page.reload()
    frame.get_by_role("heading", name="Running").or_(frame.get_by_text("None sent yet today")).first.wait_for()

    page.goto(address)
    frame.get_by_role("button", name="Why: Ana Ferreira, On its way").click()
    frame.get_by_text("Goes to Ana today 12:00.").first.wait_for()
    frame.get_by_role("button", name="Skip: Ana Ferreira, On its way").click()
    frame.get_by_text("Left out.").wait_for()
    assert merchant.plans()["#1401", "shipped"].reason == "skipped_by_merchant"

    page.get_by_role("link", name="Flows").click()
    frame.get_by_role("switch", name="Arrived").click()
    frame.get_by_text("Arrived is left to Shopify.").wait_for()
    frame.get_by_role("link", name="Review request").click()
    frame.get_by_label("Days", exact=True).fill("9")
    frame.get_by_label("Days", exact=True).blur()
    frame.get_by_text("No planned message moves.").wait_for()  # nobody's parcel has arrived yet
    page.locator("#savebar-save").click()
    frame.get_by_text("Saved.").wait_for()
    assert frame.get_by_label("Days", exact=True).input_value() == "9"
    page.go_back()
    frame.get_by_role("heading", name="Flows", exact=True).wait_for()
    page.go_forward()
    frame.get_by_role("heading", name="Review request").wait_for()
    page.reload()
    frame.get_by_role("heading", name="Review request").wait_for()

    page.goto(address)
    frame.get_by_role("button", name="Pause all sending").click()
    frame.get_by_text("On resuming you choose; those over a day late are left out by default.").wait_for()
    frame.locator("#pause").get_by_role("button", name="Pause all sending").click()
    frame.get_by_role("button", name="Resume sending").click()
    frame.get_by_role("button", name="Pause all sending").wait_for()


def test_a_test_mail_pressed_twice_is_asked_for_once(admin, open_page):
    merchant, address = admin
    merchant.order("Ana", sent=5, arrived=1)
    page, frame = opened(open_page, address, "/flows/review_request")
    pressed = []
    page.on("request", lambda request: pressed.append(request.url) if request.url.endswith("/send-me") else None)
    frame.get_by_role("button", name="Send me this one").dblclick()
    frame.locator("#send-me:not(:empty)").wait_for()
    assert len(pressed) == 1


def test_choosing_an_order_and_a_width_for_the_preview(admin, open_page):
    merchant, address = admin
    merchant.order("Ana", sent=5, arrived=1)
    merchant.order("Cleo", sent=5, arrived=1)
    _, frame = opened(open_page, address, "/flows/review_request")
    frame.get_by_role("button", name="Choose an order").click()
    frame.get_by_label("Order number, name or e-mail").fill("ana")
    frame.get_by_text("#1401").click()
    chosen = frame.locator("#preview > s-section").get_by_text("Ana Ferreira")  # not where the orders are listed again
    chosen.wait_for()
    frame.get_by_role("button", name="Phone").click()
    frame.get_by_title("The mail on a phone").wait_for()
    frame.get_by_role("button", name="Subject B").click()
    frame.get_by_text("A minute about your").wait_for()
    assert chosen.is_visible()


def test_an_error_stands_at_its_field_and_nothing_is_lost(admin, open_page):
    _, address = admin
    page, frame = opened(partial(open_page, PHONE), address, "/flows/review_request")
    frame.get_by_label("Days", exact=True).fill("0")
    frame.get_by_role("button", name="Save", exact=True).click()
    frame.get_by_text("Delay must be 1 to 90 days. You entered 0.").wait_for()
    assert frame.get_by_label("Days", exact=True).input_value() == "0"
    look(page, "admin-step-error", widths=[PHONE])


@pytest.mark.parametrize("at_work", [False, True], ids=["from the strip", "with the hand in the app"])
@pytest.mark.parametrize("path", ["", "/customers?q=ferr", "/flows"])
def test_after_a_jump_the_app_shows_the_new_day_at_the_same_place(admin, open_page, monkeypatch, path, at_work):
    monkeypatch.setattr("devstore.clock.jump.PATIENCE_SECONDS", 0.2)
    merchant, address = admin
    merchant.order("Ana", sent=1)
    page, frame = opened(open_page, address, path)
    page.wait_for_url(f"{address}{path}")
    frame.locator("s-page").evaluate("(page) => { page.dataset.old = 'yes'; }")
    deep = page.evaluate("history.length")
    page.get_by_role("button", name="+1 hour").click()
    if at_work:
        frame.locator("s-page").click(position={"x": 5, "y": 5})
        frame.locator("body").evaluate("() => window.focus()")
    frame.locator("s-page:not([data-old])").wait_for()
    frame.locator("s-page[data-old]").wait_for(state="detached")
    assert page.url == f"{address}{path}"
    assert page.evaluate("history.length") == deep  # Back leads where it led before
    assert sideways(page) == []
