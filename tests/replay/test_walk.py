"""Walks over pasts made by hand: reviews, forks, filters, other orders and another calendar on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from app.customers.ledger import SUBSCRIBED, Statement
from app.flows.language.forms import flow_document
from app.flows.models import FlowState
from app.flows.replay.history.past import FlowPast, OrderPast, Past
from app.flows.replay.history.rows import flow_row, order_row
from app.flows.replay.walk.walk import Walk
from app.reviews.models import Review
from app.reviews.states import ReviewState
from tests.admin.flow_documents import document, send, wait

START = datetime(2026, 9, 7, 12, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
UNTIL = START + 60 * DAY


def at(days):
    return START + days * DAY


def an_order(number=1, *, placed=0, customer=5, reviews=(), country="GB", **more):
    """One paid order of two kettles, told as it was placed."""
    then = at(placed)
    known = {
        "customer_id": customer, "has_email": True, "country": country, "currency": "GBP", "total": "64",
        "financial_status": "paid", "placed_at": then.isoformat(), "paid_at": then.isoformat(), "zone": "Europe/London",
    } | more  # fmt: skip
    line = {"product_shopify_id": 7, "quantity": 2, "current_quantity": 2, "requires_shipping": True}
    row = order_row(
        shop_id=1, id=number, name=f"#{number}", customer_id=customer, placed_at=then, email="a@example.com"
    )
    return OrderPast(row, [(then, {"order": known, f"line.{number}": line})], tuple(reviews))


def a_flow(*steps, **changes):
    made = flow_document(document(*steps, **changes))
    row = flow_row(
        id=1, shop_id=1, key="care", state=FlowState.RUNNING, version=1, started_at=START, include_from=START
    )
    return FlowPast(row, [(START, 1, made)])


def sent(flow, *orders, settings=()):
    """Return what a walk sends: (step, order) → when, in days after the start."""
    said = {5: [(START, Statement(SUBSCRIBED, START))]}
    walk = Walk(Past(1, "Europe/London", [flow], orders, settings=settings, statements=said))
    walk.walk(orders, UNTIL)
    return {(each.saying.step.key, each.saying.row.order_id): (each.at - START) / DAY for each in walk.said}


def a_review(days):
    return Review(
        id=3, shop_id=1, order_id=1, order_line_id=1, rating=5, state=ReviewState.PUBLISHED,
        submitted_at=at(days - 1), published_at=at(days),
    )  # fmt: skip


def test_a_published_review_starts_a_flow_when_it_was_published():
    flow = a_flow(send("thanks"), on="review_published")
    assert sent(flow, an_order(reviews=[a_review(9)])) == {("thanks", 1): pytest.approx(9, abs=0.02)}
    assert sent(flow, an_order()) == {}


def test_a_review_ends_what_it_is_the_exit_of():
    flow = a_flow(wait("pause", 10), send("ask", anchor="previous_step"), on="placed", exit={"on": ["reviewed"]})
    assert set(sent(flow, an_order())) == {("ask", 1)}
    assert sent(flow, an_order(reviews=[a_review(5)])) == {}
    assert set(sent(flow, an_order(reviews=[a_review(15)]))) == {("ask", 1)}


def test_another_order_ends_the_wait_for_it():
    flow = a_flow(
        {"type": "wait_until", "key": "again", "at_most_days": 30, "event": "ordered_again"},
        send("welcome_back", anchor="previous_step"),
        on="placed",
    )
    alone = sent(flow, an_order(1))
    both = sent(flow, an_order(1), an_order(2, placed=8))
    assert alone["welcome_back", 1] == pytest.approx(30, abs=0.05)
    assert both["welcome_back", 1] == pytest.approx(8, abs=0.05)


@pytest.mark.parametrize(("country", "expected"), [("GB", "home"), ("DE", "abroad")])
def test_a_fork_goes_by_what_was_known(country, expected):
    fork = {
        "type": "branch", "key": "fork", "if": {"fact": "order_country", "op": "is", "value": "GB"},
        "then": [send("home", anchor="previous_step")], "else": [send("abroad", anchor="previous_step")],
    }  # fmt: skip
    assert set(sent(a_flow(wait("pause", 1), fork, on="placed"), an_order(country=country))) == {(expected, 1)}


def test_a_filter_that_does_not_hold_keeps_the_order_out_for_good():
    trigger = {"on": "placed", "filter": {"fact": "order_country", "op": "is", "value": "GB"}}
    flow = a_flow(send("hello"), on=trigger)
    assert set(sent(flow, an_order())) == {("hello", 1)}
    assert sent(flow, an_order(country="DE")) == {}


def test_a_profile_is_asked_again_before_the_message():
    flow = a_flow(
        send("hello", delay_days=5), on="placed", profile={"fact": "customer_orders", "op": "at_most", "value": 1}
    )
    assert set(sent(flow, an_order(1), an_order(2, placed=20))) == {("hello", 1)}
    assert sent(flow, an_order(1), an_order(2, placed=3)) == {}


def test_a_changed_calendar_moves_what_is_planned():
    step = send("care_mail", delay_days=10, topic="product_help", message_class="marketing")
    step |= {"anchor": "trigger", "max_age_days": 30}
    flow = a_flow(step, on="placed")
    closed = (at(-1), "calendar", {"closed_days": "2026-09-16/2026-09-20"})
    kept = sent(flow, an_order(country="US"), settings=[closed])
    opened = sent(flow, an_order(country="US"), settings=[closed, (at(8), "calendar", {"closed_days": ""})])
    later = sent(flow, an_order(country="US"), settings=[(at(8), *closed[1:])])
    assert 13 < kept["care_mail", 1] < 15
    assert opened["care_mail", 1] < 11
    assert 13 < later["care_mail", 1] < 15


QUIET = {"on": "days_without_order", "days": 20}


def test_days_without_an_order_count_from_the_last_one():
    flow = a_flow(send("back"), on=QUIET)
    assert sent(flow, an_order()) == {("back", 1): pytest.approx(20, abs=0.05)}
    assert sent(flow, an_order(1), an_order(2, placed=8)) == {("back", 2): pytest.approx(28, abs=0.05)}
    assert sent(flow, an_order(financial_status="pending")) == {}
    assert sent(flow, an_order(customer=None)) == {}


def test_an_order_that_no_longer_counts_makes_the_one_before_the_last():
    flow = a_flow(send("back"), on=QUIET)
    cancelled = an_order(2, placed=8)
    cancelled.learned.append(
        (at(15), {"order": cancelled.learned[0][1]["order"] | {"cancelled_at": at(15).isoformat()}})
    )
    assert sent(flow, an_order(1), cancelled) == {("back", 1): pytest.approx(20, abs=0.05)}
    late = an_order(2, placed=8)
    late.learned.append((at(22), {"order": late.learned[0][1]["order"] | {"cancelled_at": at(22).isoformat()}}))
    assert sent(flow, an_order(1), late) == {("back", 1): pytest.approx(22, abs=0.05)}  # caught up with
    later = an_order(2, placed=8)
    later.learned.append((at(25), {"order": later.learned[0][1]["order"] | {"cancelled_at": at(25).isoformat()}}))
    assert sent(flow, an_order(1), later) == {("back", 1): pytest.approx(25, abs=0.05)}


def test_a_year_after_the_first_order_begins_with_the_day_of_whoever_ordered():
    flow = a_flow(send("years"), on="first_order_anniversary")
    before = an_order(1, placed=-365 + 10), an_order(2, placed=-100)
    (when,) = sent(flow, *before).values()
    assert when == pytest.approx(9 + 11 / 24, abs=0.05)  # midnight in London, in summer time
    assert sent(flow, an_order(2, placed=-100)) == {}
    assert set(sent(flow, an_order(1, placed=-2 * 365 + 10))) == {("years", 1)}


def test_nothing_from_before_the_flow_counts():
    flow = a_flow(send("back"), on=QUIET)
    assert sent(flow, an_order(placed=-21)) == {}
    assert set(sent(flow, an_order(placed=-19))) == {("back", 1)}


def test_a_run_waits_for_the_anniversary_of_the_first_order():
    until = {"type": "wait_until", "key": "years", "at_most_days": 60, "date": "first_order_anniversary"}
    flow = a_flow(until, send("thanks", anchor="previous_step"), on="placed")
    told = sent(flow, an_order(1, placed=-365 + 30), an_order(2, placed=5))
    assert told == {("thanks", 2): pytest.approx(29 + 11 / 24, abs=0.05)}
