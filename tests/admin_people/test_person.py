"""One person's page: planned on top, then what happened, newest first; and the states that decide trust."""

import re
from datetime import UTC, datetime

import pytest

from app.customers.models import Customer
from app.messages.models import Attempt, AttemptState, MessageState
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.reversals import ReturnCase
from tests.admin.lanes_shop import change
from tests.admin.merchant import DAY
from tests.admin_people import stories
from tests.admin_people.stories import person_of, words


def page(merchant, order_id, **query):
    answer = merchant.client.get(
        f"/customers/{person_of(merchant, order_id)}", query_string=query, headers=merchant.headers()
    )
    assert answer.status_code == 200
    return words(answer.text)


def planned(told):
    return told.split(" Planned ", 1)[1].split(" What happened ", 1)[0]


def past(told):
    return told.split(" What happened ", 1)[1]


def test_a_life_from_order_to_review(merchant):
    stories.starts(merchant)
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    stories.agrees(merchant, order)
    message = stories.sends(merchant, order, "product_help", subject="Your kettle arrived. Two things worth knowing")
    merchant.pass_time(hours=1)
    stories.opens(merchant, message, "machine", times=14)
    merchant.pass_time(hours=1)
    stories.opens(merchant, message, "human")
    stories.reviews(merchant, order, 4, "Pours where you point it.")
    told = page(merchant, order)
    assert "Ana Ferreira" in told
    assert "1 order · United Kingdom" in told
    assert "ana1@example.com" in told
    assert "Agreed to marketing (since Friday 20 November, from the customer's record at Shopify)." in told
    in_order = [
        "4 of 5 stars for Harbour Kettle", "Published", "Pours where you point it.",
        "Link in “Product help” followed", "a person",
        "Link in “Product help” followed, 14 times", "machine", "It counts for nothing and changed nothing.",
        "Product help · order #1401", "Sent", "Your kettle arrived. Two things worth knowing",
        "Parcel of #1401 arrived", "Known by: carrier scan",
        "Parcel of #1401 sent", "Royal Mail RM1",
        "Order #1401 · £64", "Harbour Kettle",
    ]  # fmt: skip
    pattern = ".*".join(re.escape(each) for each in in_order)
    assert re.search(pattern, past(told)), past(told)


def test_what_was_fetched_says_by_whose_word(merchant):
    order = merchant.order("Ana", placed=3, sent=2)
    change(merchant, order, ready_for_pickup_at=merchant.now - DAY, picked_up_at=merchant.now)
    told = past(page(merchant, order))
    assert re.search("Parcel of #1401 picked up.*Known by: you said so.*Parcel of #1401 ready for pickup", told), told


def test_what_is_planned_stands_on_top_by_the_persons_own_clock(merchant):
    stories.starts(merchant)
    order = merchant.order("Dai", placed=3, sent=2, arrived=1, country="JP")
    told = planned(page(merchant, order))
    assert re.search(r"Product help · order #1401 Monday 9:0\d in Tokyo", told)
    assert told.index("Product help") < told.index("Review request")
    assert "in Tokyo" in told
    assert told.count("Why?") == 3  # the thank-you too, which is due now


def test_a_parcel_nobody_reported_says_its_latest_day(merchant):
    stories.starts(merchant)
    order = merchant.order("Farid", placed=3, sent=2)
    assert "7 days after it arrives, on Wednesday 9 December at the latest" in planned(page(merchant, order))


@pytest.mark.parametrize(
    ("state", "badge", "said"),
    [
        (MessageState.UNKNOWN, "May have left", "It is never sent twice by itself."),
        (MessageState.REJECTED, "Refused", "The mail server refused it: “550 at rcpt: 5.7.1 no”."),
        (MessageState.SENDING, "Being sent", "It is being handed over right now."),
    ],
)
def test_every_end_of_a_message_is_said_in_words(merchant, state, badge, said):
    stories.starts(merchant)
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    message = stories.sends(merchant, order, "product_help", state)
    with merchant.work() as session:
        session.add(
            Attempt(
                shop_id=merchant.id, message_id=message, n=1, state=AttemptState.REJECTED, fence=1,
                started_at=merchant.now, reply_code=550, reply="550 at rcpt: 5.7.1 no",
            )
        )  # fmt: skip
    told = past(page(merchant, order))
    assert f"Product help · order #1401 {badge}" in told
    assert said in told


def test_what_is_not_sent_says_why(merchant):
    stories.starts(merchant)
    order = merchant.order("Bernd", placed=20, sent=15, arrived=10, country="DE")
    with merchant.work() as session:  # placed before the start: the parcel flow takes it in all the same here
        session.get_one(Order, (merchant.id, order)).placed_at = merchant.now
    merchant.told(order)
    stories.decides(merchant, order, "review_request")
    told = past(page(merchant, order))
    assert "Review request · order #1401 Not sent" in told
    assert "In Germany a review request counts as advertising, and Bernd has not agreed." in told


def test_a_wait_says_what_it_waits_for(merchant):
    stories.starts(merchant)
    order = merchant.order("Emi", placed=12, sent=11, arrived=9)
    with merchant.work() as session:
        session.add(
            ReturnCase(
                shop_id=merchant.id, order_id=order, shopify_id=1, name="#1401-R1", status="open",
                opened_at=merchant.now, source_updated_at=merchant.now,
            )
        )  # fmt: skip
    stories.decides(merchant, order, "review_request")
    told = page(merchant, order)
    assert "Review request · order #1401 Waits" in planned(told)
    assert "Emi's return is open. Continues when it closes" in planned(told)
    assert "Return #1401-R1 of order #1401 opened" in past(told)


def test_nothing_planned_always_has_a_reason(merchant):
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    assert "no flow is running" in planned(page(merchant, order))
    stories.starts(merchant)
    with merchant.work() as session:
        for flow in stories.published.flows(session).values():
            flow.include_from = merchant.now
    assert "placed before you started" in planned(page(merchant, order))
    with merchant.work() as session:
        session.add(Customer(shop_id=merchant.id, shopify_id=1, first_name="Nobody"))
    (lonely,) = merchant.rows(stories.select(Customer.id).where(Customer.first_name == "Nobody"))
    assert "there is no order yet" in words(merchant.fetch(f"/customers/{lonely.id}").text)
    fresh = merchant.order("Cleo", placed=0)
    stories.sends(merchant, fresh, "thank_you")
    assert "The next message is planned when a parcel of order #1402 is sent." in planned(page(merchant, fresh))


def test_an_erased_person_is_gone_and_the_counts_stay(merchant):
    stories.starts(merchant)
    order = merchant.order("Canary", placed=3, sent=2, arrived=1)
    stories.agrees(merchant, order)
    stories.erases(merchant, order)
    told = page(merchant, order)
    assert "Erased on request, Friday 20 November" in told
    assert "Counts remain, the person does not." in told
    assert "nothing will be: this person was erased" in told
    assert "canary" not in told.lower()
    assert "Order #1401" in told
    assert "Pause messages" not in told


def test_a_merged_person_leads_to_the_other(merchant):
    order, other = merchant.order("Ana"), merchant.order("Anna")
    with merchant.work() as session:
        customer = session.get_one(Customer, (merchant.id, person_of(merchant, order)))
        customer.merged_into = person_of(merchant, other)
    answer = merchant.fetch(f"/customers/{person_of(merchant, order)}")
    assert "Merged into another customer" in answer.text
    assert f'hx-get="/customers/{person_of(merchant, other)}"' in answer.text


def test_a_dead_address_is_told_in_the_mail_servers_own_words(merchant):
    order = merchant.order("Ana")
    stories.bounces(merchant, order, "550 5.1.1 no such user <b>here</b>")
    answer = merchant.fetch(f"/customers/{person_of(merchant, order)}")
    assert "This address takes no mail" in answer.text
    assert "“550 5.1.1 no such user &lt;b&gt;here&lt;/b&gt;”" in answer.text


def test_what_would_be_left_out_says_so_before_it_is_due(merchant):
    stories.starts(merchant)
    order = merchant.order("Cleo", placed=1, sent=1, arrived=0, country="DE")
    told = planned(page(merchant, order))
    assert "As things stand: Cleo: not asked. In Germany a review request counts as advertising" in told
    assert told.count("As things stand") == 1
    stories.bounces(merchant, order)
    assert planned(page(merchant, order)).count("the address does not take mail") == 3


def test_a_retracted_arrival_is_not_told(merchant):
    order = merchant.order("Ana", placed=3, sent=2, arrived=1)
    with merchant.work() as session:
        parcel = session.scalars(stories.select(Fulfillment).where(Fulfillment.order_id == order)).one()
        parcel.delivered_at = parcel.delivered_source = None
    assert "arrived" not in past(page(merchant, order))


def test_a_long_story_is_read_page_by_page_and_loses_nothing(merchant):
    order = merchant.order("Ana", placed=1)
    with merchant.work() as session:
        customer = session.get_one(Order, (merchant.id, order)).customer_id
        session.add_all(
            Order(
                shop_id=merchant.id, shopify_id=90_000 + n, name=f"#B{n:03}", customer_id=customer, currency="GBP",
                total=1, placed_at=datetime(2026, 6, 1, n // 5, tzinfo=UTC), source_updated_at=merchant.now,
            )
            for n in range(100)
        )  # fmt: skip
    seen, path = [], f"/customers/{customer}"
    while path:
        answer = merchant.fetch(path).text
        seen += re.findall(r"Order (#B\d{3})", answer)
        older = re.search(r'hx-get="([^"]*before=[^"]*)"', answer)
        path = older[1].replace("&amp;", "&") if older else None
    assert sorted(seen) == [f"#B{n:03}" for n in range(100)]


@pytest.mark.parametrize(
    "before", ["yesterday", "2026-13-01", "", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00+23:00"]
)
def test_a_page_that_cannot_be_asked_for_is_refused_by_name(merchant, before):
    order = merchant.order("Ana")
    answer = merchant.client.get(
        f"/customers/{person_of(merchant, order)}",
        query_string={"before": before},
        headers=merchant.headers() | {"Accept": "application/json"},
    )
    assert (answer.status_code, answer.json["error"]["field"]) == (422, "before")


def test_an_order_leads_to_its_buyer_or_stands_alone(merchant):
    order = merchant.order("Ana")
    answer = merchant.fetch(f"/customers/orders/{order}")
    assert answer.headers["Location"] == f"/customers/{person_of(merchant, order)}"
    nobody = merchant.order("Zoe", customer_id=None, email=None, recipient_name=None)
    told = words(merchant.fetch(f"/customers/orders/{nobody}").text)
    assert "the buyer of #1402" in told
    assert "Order #1402" in told


def test_what_a_person_wrote_is_text_on_the_page(merchant):
    stories.starts(merchant)
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    stories.is_called(merchant, order, "<script>alert(1)</script>", "{{7*7}}")
    stories.reviews(merchant, order, 1, "<img src=x onerror=alert(2)>")
    answer = merchant.fetch(f"/customers/{person_of(merchant, order)}").text
    assert "<script>alert" not in answer
    assert "<img src=x" not in answer
    assert "{{7*7}}" in answer
