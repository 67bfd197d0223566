"""The five messages: switches, timing, previews with real orders, and the test mail."""

import email
import email.policy
import html
import re

import pytest
from sqlalchemy import func, select

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.flows.models import Enrollment, FlowVersion, FollowUp
from app.flows.pages.steps import routes_preview
from app.kit.limit import Limit
from app.messages.models import Attempt, HitInbox, Message, MessageEvent, MessageItem, TrackedLink
from app.orders.models import Order
from tests.channels.scripted_server import ScriptedServer

STEPS = ["thank_you", "shipped", "delivered", "product_help", "review_request"]
HOURS = {"leaves": "between", "from_time": "9:00", "to_time": "20:00", "weekday": [str(day) for day in range(7)]}
WRITTEN = (Message, MessageItem, Attempt, MessageEvent, TrackedLink, HitInbox, Enrollment, FollowUp)


@pytest.fixture
def sink(merchant):
    server = ScriptedServer()
    address = parse(f"smtp://127.0.0.1:{server.port}")
    merchant.wired.parts["transport"] = lambda: SmtpSender(address, "test.example", Deadlines(1, 1, 1, 1, 0.2))
    yield server
    server.stop()


def mail_of(page):
    return html.unescape(page.split('srcdoc="')[1].split('"></iframe>')[0])


def test_both_flows_are_one_list_of_five(merchant):
    page = merchant.open("/flows").text
    places = [page.index(f'href="/flows/{step}"') for step in STEPS]
    assert places == sorted(places)
    assert page.count("Left to Shopify") == 2


def test_a_switch_changes_one_step_and_says_so(merchant):
    page = merchant.post("/flows/shipped/switch", state="on").text
    assert "On its way is switched on." in page
    assert page.count("Left to Shopify") == 1
    page = merchant.post("/flows/shipped/switch", state="left_to_shopify").text
    assert "On its way is left to Shopify." in page


def test_saving_says_before_and_after_how_many_messages_move(merchant):
    merchant.post("/start")
    for name in ("Ana", "Bela"):
        merchant.order(name, placed=0, sent=0, arrived=0)
    form = {"state": "on", "delay_days": "10", "delay_hours": "0", "fallback_days": "21"} | HOURS
    told = merchant.post("/flows/review_request/moves", **form)
    assert "2 messages move, the first to Monday 30 November 12:0" in told.text
    page = merchant.post("/flows/review_request", **form).text
    assert "Saved. 2 messages moved, the first to Monday 30 November 12:0" in page
    assert 'value="10"' in page
    unchanged = merchant.post("/flows/review_request/moves", **form)
    assert "move" not in unchanged.text


def test_an_error_stands_next_to_its_field_and_what_was_typed_stays(merchant):
    answer = merchant.post("/flows/review_request", state="on", delay_days="0", **HOURS)
    assert answer.status_code == 422
    assert 'name="delay_days" value="0"' in answer.text
    assert 'error="Delay must be 1 to 90 days. You entered 0."' in answer.text
    answer = merchant.post("/flows/review_request", **HOURS | {"from_time": "20:00", "to_time": "9"})
    assert 'error="Last hour must be after 20:00. You entered 9:00."' in answer.text
    assert len(merchant.rows(select(FlowVersion.id))) == 2


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("view", ["desktop", "phone", "text"])
def test_every_mail_can_be_looked_at_with_a_real_order(merchant, step, view):
    order = merchant.order("Cleo", sent=5, arrived=1)
    answer = merchant.fetch(f"/flows/{step}/preview?order={order}&view={view}")
    assert answer.status_code == 200
    assert "Cleo Ferreira" in answer.text
    assert ("srcdoc=" in answer.text) is (view != "text")
    assert 'sandbox=""' in answer.text or view == "text"


def test_looking_at_mails_writes_no_row_and_signs_no_link(merchant):
    order = merchant.order("Cleo", sent=5, arrived=1)
    for step in STEPS:
        words = mail_of(merchant.fetch(f"/flows/{step}/preview?order={order}").text)
        for purpose in "rbspuco":
            assert f"/{purpose}/" not in words.replace("/sample/", "")
    counts = [merchant.rows(select(func.count()).select_from(table))[0][0] for table in WRITTEN]
    assert counts == [0] * len(WRITTEN)


def test_a_preview_is_in_the_language_of_its_order(merchant):
    order = merchant.order("Bernd", sent=5, arrived=1, country="DE", locale="de-DE")
    answer = merchant.fetch(f"/flows/product_help/preview?order={order}").text
    assert "German" in answer
    assert "Bestellung" in mail_of(answer)


def test_a_preview_says_where_the_person_would_not_get_it(merchant):
    order = merchant.order("Bernd", sent=5, arrived=1, country="DE")
    answer = merchant.fetch(f"/flows/review_request/preview?order={order}").text
    assert "In Germany a review request counts as advertising" in answer
    assert "This person would not get it" not in merchant.fetch(f"/flows/thank_you/preview?order={order}").text


def test_the_review_request_shows_both_subjects(merchant):
    order = merchant.order("Cleo", sent=5, arrived=1)
    first, second = (merchant.fetch(f"/flows/review_request/preview?order={order}&arm={arm}").text for arm in "AB")
    assert "Your Harbour Kettle arrived" in first
    assert "A minute about your" in second


def test_orders_are_found_by_number_name_and_address(merchant):
    merchant.order("Ana")
    merchant.order("Bela")
    for words, found in {"1401": "Ana", "bela": "Bela", "ana1@": "Ana", "": "Bela"}.items():
        assert found in merchant.fetch(f"/flows/thank_you/orders?q={words}").text
    assert "No order matches." in merchant.fetch("/flows/thank_you/orders?q=100%25").text
    assert merchant.fetch("/flows/thank_you/orders?q=%00").status_code == 200
    assert merchant.fetch("/flows/thank_you/orders?q=" + "x" * 5000).status_code == 422


def test_the_test_mail_leaves_by_smtp_marked_and_harmless(merchant, sink, monkeypatch):
    monkeypatch.setattr(routes_preview, "SAMPLES", Limit(20, 3600))
    order = merchant.order("Cleo", sent=5, arrived=1)
    answer = merchant.post("/flows/review_request/send-me", order=str(order), arm="B")
    assert "Sent to hello@kiln.example.com." in answer.text
    (raw,) = sink.delivered
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert letter["Subject"].startswith("Test: A minute about your")
    assert letter["To"] == "hello@kiln.example.com"
    assert letter["List-Unsubscribe"] is None
    text = letter.get_body(("plain",)).get_content()
    assert "/sample/r" in text
    assert merchant.rows(select(Message.id)) == []


def test_test_mails_are_limited(merchant, sink, monkeypatch):
    monkeypatch.setattr(routes_preview, "SAMPLES", Limit(1, 3600))
    assert "Sent to" in merchant.post("/flows/thank_you/send-me").text
    assert "Try again later" in merchant.post("/flows/thank_you/send-me").text
    assert len(sink.delivered) == 1


def test_a_mail_server_that_is_away_is_told_where_the_button_is(merchant, monkeypatch):
    monkeypatch.setattr(routes_preview, "SAMPLES", Limit(20, 3600))
    address = parse("smtp://127.0.0.1:9")
    merchant.wired.parts["transport"] = lambda: SmtpSender(address, "test.example", Deadlines(1, 1, 1, 1, 0.2))
    assert "The mail server did not take it" in merchant.post("/flows/thank_you/send-me").text


FOREIGN = [
    *("/flows/win_back", "/flows/win_back/preview", "/flows/win_back/orders", "/needs/anything"),
    *("/flows/thank_you/preview?order=999999", "/flows/thank_you/preview?order=abc", "/flows/thank_you?order=-1"),
    f"/flows/thank_you/preview?order={'9' * 5_000}",  # more digits than Python turns into a number
    *(
        "/flows/thank_you/preview?arm=C",
        "/flows/thank_you/preview?order=99999999999999999999",
        "/follow-ups/999999/why",
    ),
]


@pytest.mark.parametrize("path", FOREIGN)
def test_what_a_shop_does_not_have_is_not_found(merchant, path):
    assert merchant.fetch(path).status_code == 404


def test_another_shops_ids_are_as_unknown_as_no_ids(merchant, neighbour):
    merchant.post("/start")
    order = merchant.order("Canary", placed=0, sent=0, arrived=0)
    row = next(iter(merchant.plans().values())).id
    unknown = neighbour.fetch("/follow-ups/999999/why")
    for answer in (
        neighbour.fetch(f"/follow-ups/{row}/why"),
        neighbour.post(f"/follow-ups/{row}/skip"),
        neighbour.fetch(f"/flows/thank_you/preview?order={order}"),
        neighbour.post("/flows/thank_you/send-me", order=str(order)),
    ):
        assert (answer.status_code, answer.text) == (404, unknown.text)
    for path in ("/", "/start?include=yes", "/flows", "/flows/thank_you", "/flows/thank_you/orders?q=Canary"):
        assert "Canary" not in neighbour.fetch(path).text.replace("q=Canary", "")
    assert merchant.fetch(f"/follow-ups/{row}/why").status_code == 200


def test_links_of_a_preview_lead_to_a_page_that_says_what_they_would_do(web):
    for purpose in "rbpu":
        answer = web.get(f"/sample/{purpose}")
        assert answer.status_code == 200
        assert "changes nothing" in answer.text
    assert web.get("/sample/x").status_code == 404


@pytest.mark.parametrize("form", [{}, {"colour": "blue"}])
def test_an_empty_form_is_refused_at_its_field(merchant, form):
    answer = merchant.post("/flows/shipped", **form)
    assert answer.status_code == 422
    assert "Saved." not in answer.text
    assert 'error="Choose On, Paused or Left to Shopify. The form came empty."' in answer.text
    assert len(merchant.rows(select(FlowVersion.id))) == 2


def test_saving_what_stands_already_says_that_nothing_was_changed(merchant):
    form = {"state": "on", "delay_days": "10", "delay_hours": "0", "fallback_days": "21"} | HOURS
    assert "Saved." in merchant.post("/flows/review_request", **form).text
    again = merchant.post("/flows/review_request", **form).text
    assert "Nothing was changed" in again
    assert "Saved." not in again


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/flows/shipped/switch", 422),
        ("/settings/stars", 422),
        ("/customers/{person}/pause", 422),
        ("/customers/{person}/resume", 303),
        ("/reviews/1/hide", 404),
    ],
)
def test_no_form_claims_to_have_done_what_an_empty_one_did_not_ask_for(merchant, path, status):
    order = merchant.order("Ana")
    (person,) = merchant.rows(select(Order.customer_id).where(Order.id == order))
    answer = merchant.post(path.format(person=person[0]))
    assert answer.status_code == status
    if status == 303:
        answer = merchant.fetch(answer.headers["Location"])
        assert "There was no pause to end." in answer.text
        assert "Messages go on." not in answer.text


def test_a_page_in_the_admin_brings_its_icon(merchant):
    (address,) = re.findall(r'<link rel="icon" href="([^"]+)"', merchant.open("/flows").text)
    with merchant.client.get(address) as icon:
        assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")
