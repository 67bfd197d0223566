"""Why: the verdict, the rule that stopped it, the plan, what would happen now; the same words in the terminal."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows.models import Decision
from app.messages.models import Message, MessageState
from app.orders.models import Order
from app.orders.reversals import ReturnCase
from tests.admin_people import stories
from tests.admin_people.stories import row_of, words


def why(merchant, order_id, step):
    answer = merchant.fetch(f"/follow-ups/{row_of(merchant, order_id, step).id}/why")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Copy for support" in answer.text
    return words(answer.text).split("Copy for support")[0]


def asked(merchant, *args):
    """What the terminal prints."""
    runner = merchant.wired.parts["flask"].test_cli_runner()
    return runner.invoke(args=["why", "--shop", merchant.domain, *args])


def arrived_in(merchant, country="GB", first="Ana"):
    stories.starts(merchant)
    return merchant.order(first, placed=9, sent=8, arrived=3, country=country)


def test_a_planned_message_tells_its_plan_and_what_would_happen_now(merchant):
    told = why(merchant, arrived_in(merchant), "review_request")
    for part in (
        "Goes to Ana",
        "Counts from: the parcel arrived on Tuesday 17 November at 12:00 in London.",
        "Delay: 7 days after the parcel arrives.",
        "Leaves between 9:00 and 20:00 by the recipient's clock",
        "Their clock: Europe/London, by the address's country.",
        "Due on Tuesday 24 November at 12:0",
        "If it were due right now. Asking sends nothing.",
        "Ana's parcel arrived on Tuesday. Asked Tuesday 24 November 12:00 in London.",
        "source: carrier event",
    ):
        assert part in told, part


def test_what_was_asked_about_changes_nothing(merchant):
    order = arrived_in(merchant)
    before = row_of(merchant, order, "review_request")
    why(merchant, order, "review_request")
    after = row_of(merchant, order, "review_request")
    assert (before.state, before.due_at, before.reason) == (after.state, after.due_at, after.reason)
    assert merchant.rows(select(Decision.id)) == []


def test_a_provisional_date_says_that_nobody_reported_the_parcel(merchant):
    stories.starts(merchant)
    told = why(merchant, merchant.order("Farid", placed=3, sent=2), "review_request")
    assert "Nobody has reported yet that it arrived." in told
    assert "Goes out without a report at the latest 21 days after sending; an arrival moves it earlier." in told


def test_a_gap_longer_than_the_delay_is_told(merchant):
    order = arrived_in(merchant)
    merchant.post("/flows/product_help", state="on", delay_days="0", fallback_days="21")
    told = why(merchant, order, "product_help")
    assert "Delay:" in told


def test_what_was_not_sent_names_the_rule_that_stopped_it(merchant):
    order = arrived_in(merchant, "DE", "Bernd")
    merchant.pass_time(days=5)
    stories.decides(merchant, order, "review_request")
    told = why(merchant, order, "review_request")
    assert told.count("In Germany a review request counts as advertising, and Bernd has not agreed.") == 2
    assert "country: DE" in told
    assert "Decided Wednesday 25 November at 12:00 in London" in told  # by the merchant's clock
    assert "Not reviewed yet." in told
    assert "If it were due right now" not in told


def test_a_wait_shows_what_was_seen_before_and_the_same_again_and_again_once(merchant):
    order = arrived_in(merchant, first="Emi")
    stories.decides(merchant, order, "review_request")
    with merchant.work() as session:
        session.add(
            ReturnCase(
                shop_id=merchant.id, order_id=order, shopify_id=1, name="R1", status="open", opened_at=merchant.now,
                source_updated_at=merchant.now,
            )
        )  # fmt: skip
    for _ in range(14):
        stories.decides(merchant, order, "review_request")
        merchant.pass_time(hours=12)
    told = why(merchant, order, "review_request")
    again = "Looked at 14 times since Friday 20 November at 12:00 in London, each time for the same reason."
    assert f"in London. {again}" in told
    before = told.partition("Looked at before")[2]
    assert "Friday 20 November at 12:00 in London: Emi's parcel arrived on Tuesday 17 November." in before
    assert "return is open" not in before.partition("Order #1401 and your flows")[0]
    printed = asked(merchant, "--message", str(row_of(merchant, order, "review_request").id)).output
    assert again.replace(" at 12:00", " 12:00") in printed.partition("Looked at:")[2]
    assert printed.partition("Looked at:")[2].count("return is open") == 1


def test_every_hour_is_the_merchants_but_the_one_the_recipients_clock_decides(merchant):
    """The page and the answer to "why?" side by side: one event, one hour, and never one without its place."""
    stories.starts(merchant)
    order = merchant.order("Dai", placed=9, sent=8, arrived=3, country="JP")
    person = words(merchant.fetch(f"/customers/{stories.person_of(merchant, order)}").text)
    told = why(merchant, order, "review_request")
    assert "Hours are by your shop's clock (London)." in person
    assert "Parcel of #1401 arrived Tuesday 17 November, 12:00 Known by" in person
    assert "Counts from: the parcel arrived on Tuesday 17 November at 12:00 in London." in told
    due = re.search(r"Review request · order #1401 (Wednesday 25 November 9:0\d in Tokyo, 0:0\d for you)", person)
    assert due, person
    assert f"Goes to Dai {due[1]}. 7 days after the parcel arrived on Tuesday." in told
    assert re.search(r"Due on Wednesday 25 November at 9:0\d in Tokyo, 0:0\d for you; not sent", told)
    hours = re.findall(r"\d{1,2}:\d\d(?! to| in (?:London|Tokyo)| for you)(?! and)[^,;.]{0,12}", told)
    assert hours == ["20:00 by the reci"]


def test_a_day_that_is_another_one_for_the_merchant_is_named(merchant):
    stories.starts(merchant)
    order = merchant.order("Kai", placed=9, sent=8, arrived=3, country="NZ")
    told = why(merchant, order, "review_request")
    assert re.search(r"Goes to Kai Wednesday 25 November 9:0\d in Auckland, Tuesday 24 November 20:0\d for you\.", told)


def test_what_left_and_what_waits_say_both_hours(merchant):
    stories.starts(merchant)
    order = merchant.order("Dai", placed=13, sent=12, arrived=10, country="JP")
    stories.decides(merchant, order, "review_request")  # 12:00 in London is 21:00 in Tokyo
    told = why(merchant, order, "review_request")
    assert "Dai: waits until tomorrow 9:00 in Tokyo, 0:00 for you." in told
    assert "Decided Friday 20 November at 12:00 in London" in told
    merchant.pass_time(hours=13)
    stories.decides(merchant, order, "review_request")
    told = why(merchant, order, "review_request")
    assert "It is 10:00 in Tokyo, within 9:00 to 20:00, 1:00 for you." in told
    row = row_of(merchant, order, "review_request")
    printed = asked(merchant, "--message", str(row.id)).output
    assert "For you: by the shop's clock, Europe/London." in printed


def test_a_sent_one_says_that_every_rule_passed_and_what_became_of_it(merchant):
    order = arrived_in(merchant)
    merchant.pass_time(days=1)
    stories.sends(merchant, order, "product_help", MessageState.UNKNOWN)
    told = why(merchant, order, "product_help")
    assert "every rule passed." in told
    assert "Whether it left is not known" in told


def test_the_terminal_says_the_same(merchant):
    order = arrived_in(merchant, "DE", "Bernd")
    merchant.pass_time(days=5)
    stories.decides(merchant, order, "review_request")
    row = row_of(merchant, order, "review_request")
    for args in (
        ("--order", "#1401"),
        ("--order", "1401"),
        ("--email", " Bernd1@Example.com"),
        ("--message", str(row.id)),
    ):
        result = asked(merchant, *args)
        assert result.exit_code == 0, result.output
        assert "In Germany a review request counts as advertising, and Bernd has not agreed." in result.output
        assert re.search(r"STOPPED 12", result.output)
        assert "bernd1@example.com" not in result.output.lower()
    support = merchant.fetch(f"/follow-ups/{row.id}/why").text
    assert asked(merchant, "--message", str(row.id)).output.strip().replace("'", "&#39;") in support


def test_a_mail_is_found_by_its_message_id(merchant):
    order = arrived_in(merchant)
    message = stories.sends(merchant, order, "product_help")
    (known,) = merchant.rows(select(Message.public_id).where(Message.id == message))
    result = asked(merchant, "--message", f"<{known.public_id}@welltimed.example.com>")
    assert "Product help · order #1401" in result.output


@pytest.mark.parametrize("typed", ["#KK-1401a", "KK-1401a", "kk-1401A", " #kk-1401a "])
def test_an_order_is_found_by_its_number_however_it_is_typed_here_and_by_the_search(merchant, typed):
    order = arrived_in(merchant)
    with merchant.work() as session:
        session.execute(update(Order).where(Order.id == order).values(name="#KK-1401A"))
    assert "order #KK-1401A" in asked(merchant, "--order", typed).output
    page = merchant.client.get("/customers", query_string={"q": typed}, headers=merchant.headers())
    assert f"/customers/{stories.person_of(merchant, order)}" in page.text


@pytest.mark.parametrize(
    "args",
    [(), ("--order", "#1", "--email", "x@example.com"), ("--order", "#9"), ("--email", "nobody@example.com"),
     ("--message", "9"), ("--message", "9" * 30), ("--message", "x@y")],
)  # fmt: skip
def test_the_terminal_refuses_in_a_sentence(merchant, args):
    result = asked(merchant, *args)
    assert result.exit_code in {1, 2}
    assert "Error: " in result.output
    assert "Traceback" not in result.output


def test_the_terminal_knows_no_other_shop(merchant, neighbour):
    neighbour.order("Canary")
    assert asked(merchant, "--order", "#1401").exit_code == 1
    runner = merchant.wired.parts["flask"].test_cli_runner()
    assert "No shop" in runner.invoke(args=["why", "--shop", "x.myshopify.com", "--order", "#1"]).output


def test_any_customer_is_answered_within_a_second(merchant):
    """A wholesale buyer of five hundred orders, each with its messages and parcels."""
    import time

    stories.starts(merchant)
    order = merchant.order("Whole", placed=9, sent=8, arrived=3)
    person = stories.person_of(merchant, order)
    for _ in range(60):
        merchant.order("Whole", placed=9, sent=8, arrived=3, customer_id=person, email="whole@example.com")
    with merchant.work() as session:
        session.add_all(
            Order(
                shop_id=merchant.id, shopify_id=70_000 + n, name=f"#W{n}", customer_id=person, currency="GBP", total=1,
                placed_at=merchant.now - timedelta(hours=n), source_updated_at=merchant.now,
            )
            for n in range(2_000)
        )  # fmt: skip
    row = row_of(merchant, order, "review_request")
    for path in (f"/customers/{person}", f"/follow-ups/{row.id}/why", "/customers?q=whole"):
        merchant.fetch(path)
        started = time.perf_counter()
        assert merchant.fetch(path).status_code == 200
        assert time.perf_counter() - started < 1.0, path


def test_why_an_order_is_in_no_flow_is_answered_too(merchant):
    early = merchant.order("Ana", placed=9, sent=8, arrived=3)
    name = merchant.rows(select(Order.name).where(Order.id == early))[0].name
    told = asked(merchant, "--order", name).output
    assert "Nothing was ever planned." in told
    assert told.count("this flow has not been started") == 2


def test_a_customer_is_asked_about_by_number(merchant):
    order = arrived_in(merchant)
    customer = merchant.rows(select(Order.customer_id).where(Order.id == order))[0].customer_id
    told = asked(merchant, "--customer", str(customer)).output
    assert "Review request" in told
    assert "Flows of order" in told
    assert "In it since" in told
    assert asked(merchant, "--customer", "nobody").exit_code != 0
