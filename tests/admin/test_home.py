"""The first page says how it goes, and its buttons do what they say."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows.models import Flow, FollowUp, FollowUpState
from app.flows.sending.drain import drain
from app.messages.models import Message, MessageState
from app.orders.models import Order
from app.shopify.models import InboxState, SyncCursor, WebhookInbox
from app.shops.models import ShopProfile


@pytest.fixture
def running(merchant):
    assert merchant.post("/start").headers["Location"] == "/started"
    return merchant


def wait_for_reading(merchant, stage="customers", fault=None):
    with merchant.work() as session:
        session.execute(update(SyncCursor).values(finished_at=None, stage=stage, last_fault=fault))


def message(merchant, state=MessageState.ACCEPTED, order="Ana", hours_ago=0):
    """Let one planned message have left, as the outbox records it."""
    order_id = merchant.order(order, placed=0)
    with merchant.work() as session:
        row = session.scalars(select(FollowUp).where(FollowUp.order_id == order_id)).one()
        known = session.get_one(Order, (merchant.id, order_id))
        at = merchant.now - timedelta(hours=hours_ago)
        sent = Message(
            shop_id=merchant.id, follow_up_id=row.id, order_id=order_id, customer_id=known.customer_id,
            public_id=f"p{row.id}", step=row.step, message_class="transactional", recipient=known.email, locale="en",
            state=state, created_at=at, accepted_at=at if state is MessageState.ACCEPTED else None,
        )  # fmt: skip
        session.add(sent)
        session.flush()
        row.state, row.outcome, row.done_at, row.message_id = FollowUpState.DONE, "handed_over", at, sent.id
        return row.id


def test_while_orders_are_read_the_page_says_how_far_and_that_one_may_leave(merchant):
    merchant.order("Ana")
    wait_for_reading(merchant)
    page = merchant.open("/").text
    assert "1 product, 1 customer, 1 order read so far." in page
    assert "You can leave this page" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Shopify did not answer" in (wait_for_reading(merchant, fault="AdminFault") or merchant.open("/").text)


def test_when_the_reading_is_over_the_page_moves_on_by_itself(merchant):
    wait_for_reading(merchant)
    assert "HX-Location" not in merchant.fetch("/progress").headers
    with merchant.work() as session:
        session.execute(update(SyncCursor).values(finished_at=merchant.now))
    assert '"path": "/"' in merchant.fetch("/progress").headers["HX-Location"]


def test_before_the_start_the_page_says_what_was_read_and_that_nothing_was_sent(merchant):
    merchant.order("Ana", sent=1)
    merchant.order("Cleo", sent=5, arrived=1)
    page = merchant.open("/").text
    assert "2 orders read. 1 parcel on the road. Nothing has been sent." in page
    assert "as Cleo Ferreira would get them" in page  # hers arrived: it shows every mail well
    assert page.count("srcdoc=") == 5
    assert "Thank you, Cleo." in page


def test_a_shop_without_orders_sees_its_mails_with_an_invented_one(merchant):
    page = merchant.open("/").text
    assert "0 orders read." in page
    assert "an invented order" in page
    assert page.count("srcdoc=") == 5


def test_running_it_says_what_was_sent_and_what_comes_next(running):
    assert "The next message goes out with the next order." in running.open("/").text
    message(running, hours_ago=1)
    message(running, order="Bela", hours_ago=13)  # yesterday
    running.order("Cleo", placed=0, sent=0, arrived=0)
    with running.work() as session:
        session.execute(update(FollowUp).where(FollowUp.step == "thank_you").values(state=FollowUpState.DONE))
    page = running.open("/").text
    assert "1 sent today, next on Monday at 12:0" in page
    assert "Thank you · #1401 · 11:00" in page
    assert "#1402" not in page
    assert "Nothing within a day." in page


def test_the_next_day_is_told_by_each_persons_own_clock(running):
    running.order("Dai", placed=0, country="JP")
    page = running.open("/").text
    assert "Dai Ferreira" in page
    assert "Thank you · #1401 · today 21:00 in Tokyo" in page


def test_skipping_leaves_one_out_for_good(running):
    running.order("Ana", placed=0)
    (row,) = running.plans().values()
    assert "Left out." in running.post(f"/follow-ups/{row.id}/skip").text
    (row,) = running.plans().values()
    assert (row.state, row.reason) == (FollowUpState.DONE, "skipped_by_merchant")
    assert "you left this one out" in running.fetch(f"/follow-ups/{row.id}/why").text
    assert "Left out." in running.post(f"/follow-ups/{row.id}/skip").text


def test_what_has_left_cannot_be_skipped(running):
    sent = message(running)
    assert "Too late" in running.post(f"/follow-ups/{sent}/skip").text


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ({"sent": 0, "arrived": 0}, "Goes to Ana Friday 27 November 12:0"),
        ({"sent": 0, "arrived": 0, "country": "DE"}, "In Germany a review request counts as advertising"),
        ({"sent": 0}, "7 days after it arrives, on Friday 11 December at the latest"),
    ],
)
def test_why_tells_of_a_planned_message_what_would_be_decided(running, person, says):
    running.order("Ana", placed=0, **person)
    row = running.plans()["#1401", "review_request"]
    assert says in running.fetch(f"/follow-ups/{row.id}/why").text


def test_why_tells_of_a_sent_message_what_became_of_it(running):
    for state, says in {
        MessageState.ACCEPTED: "The mail server took it.",
        MessageState.UNKNOWN: "never sent twice by itself",
        MessageState.REJECTED: "refused it for good",
    }.items():
        row = message(running, state=state)
        assert says in running.fetch(f"/follow-ups/{row}/why").text


def test_needs_you_is_absent_when_there_is_nothing(running):
    assert "Needs you" not in running.open("/").text


def test_needs_you_names_what_only_the_merchant_can_put_right(running):
    message(running, MessageState.UNKNOWN)
    with running.work() as session:
        session.execute(update(ShopProfile).values(data_access=False))
        session.add(
            WebhookInbox(
                shop_domain=running.domain,
                topic="orders/updated",
                webhook_id="w1",
                received_at=running.now,
                body=b"",
                state=InboxState.PARKED,
                reason="id is no number",
                attempts=1,
            )
        )
    page = running.open("/").text
    assert "Needs you" in page
    for words in (
        "1 message may or may not have left",
        "Waiting for access to customer data",
        "asks for protected customer data in the Partner dashboard, under API access",
        "1 notice from Shopify could not be read",
    ):
        assert words in page
    assert "Ana Ferreira: Thank you" in running.open("/needs/unknown").text
    assert "id is no number" in running.open("/needs/parked").text


def test_pausing_says_what_it_holds_and_resuming_asks(running):
    running.order("Ana", placed=0)
    running.order("Bela", placed=0)
    assert "2 messages will wait. On resuming you choose" in running.open("/").text
    assert running.post("/pause").headers["Location"] == "/"
    page = running.open("/").text
    assert "Paused by a staff member today at 12:00. 2 messages wait." in page
    running.pass_time(hours=30)
    page = running.open("/").text
    assert "Paused by a staff member yesterday at 12:00. 2 messages wait. The first of them is too old to send" in page
    assert "2 are over a day late and left out." in page
    assert running.post("/resume", choice="drop_late").status_code == 303
    assert {row.reason for row in running.plans().values()} == {"dropped_on_resume"}


def test_a_choice_nobody_offered_is_refused_by_name(running):
    answer = running.client.post(
        "/resume", data={"choice": "everything"}, headers=running.headers() | {"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["error"]["field"]) == (422, "choice")


def test_starting_twice_in_two_tabs_starts_once(merchant):
    merchant.order("Ana", sent=1)
    first = merchant.post("/start", shopify="no", include="yes")
    second = merchant.post("/start", shopify="yes", include="no")
    assert first.headers["Location"] == second.headers["Location"] == "/started"
    assert "Running. First message today 12:00, to Ana." in merchant.open("/started").text
    assert "Running. First message today 12:00, to Ana." in merchant.open("/start").text
    assert len(merchant.plans()) == 4


def test_the_start_page_shows_people_mails_and_dates(merchant):
    merchant.order("Ana", sent=1)
    merchant.order("Bernd", sent=1, country="DE")
    page = merchant.open("/start?include=yes&shopify=no").text
    assert "Also 2 orders already on their way" in page
    assert "On its way: today 12:00" in page
    assert "On its way: today 13:00 in Berlin" in page
    assert "Bernd: not asked. In Germany a review request counts as advertising" in page
    assert "Start: first message in a moment" in page
    assert "Start with the next order" in merchant.open("/start").text


@pytest.mark.parametrize("field", ["shopify", "include"])
def test_an_answer_that_is_neither_yes_nor_no_is_refused_by_name(merchant, field):
    answer = merchant.client.post(
        "/start", data={field: "perhaps"}, headers=merchant.headers() | {"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["error"]["field"]) == (422, field)
    assert merchant.rows(select(Flow.started_at)) == [(None,), (None,)]


def test_what_waits_for_an_arrival_has_no_day_yet(merchant):
    merchant.order("Ana", sent=5)
    merchant.post("/start", include="yes")
    assert "None sent yet today. The next message goes out once a parcel has arrived, or with the next order." in (
        merchant.open("/").text
    )
    assert "Running. The first message goes out once a parcel has arrived." in merchant.open("/started").text


def test_a_latest_day_that_is_near_is_told_on_top_as_in_the_list(merchant):
    merchant.order("Farid", placed=14, sent=13)
    merchant.post("/start", include="yes")
    merchant.pass_time(days=3, hours=22)
    page = merchant.open("/").text
    assert re.search(r"None sent yet today, next at 12:\d\d\.", page)
    assert "Product help" in page


def test_with_nothing_planned_the_next_order_is_what_is_waited_for(running):
    assert "None sent yet today. The next message goes out with the next order." in running.open("/").text


def test_while_customer_data_is_withheld_the_status_promises_no_hour(running):
    running.order("Ana", placed=0)
    with running.work() as session:
        session.execute(update(ShopProfile).values(data_access=False))
    assert "Nothing goes out until Shopify opens customer data to this app." in running.open("/").text
    running.pass_time(hours=2)
    drain(running.wired)
    page = running.open("/").text
    assert "1 message waits until Shopify opens customer data to this app." in page
    assert "The next message goes out" not in page
    assert "Continues when access is approved, until" in running.open("/not-sent").text


def test_a_reading_that_customer_data_stops_says_what_to_do(merchant):
    wait_for_reading(merchant, fault="AccessDenied")
    with merchant.work() as session:
        session.execute(update(ShopProfile).values(data_access=False))
    page = merchant.open("/").text
    assert "Shopify has not opened customer data to this app yet." in page
    assert "Shopify did not answer" not in page
