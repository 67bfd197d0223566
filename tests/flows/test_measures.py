"""What waits, is left out, counted or overtaken: arrivals, and the rules about a person's and a shop's measure."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.flows.language.steps import Anchor
from app.flows.rules.decision import (
    Bounds,
    CustomerFacts,
    FlowFacts,
    HoldoutFacts,
    OrderFacts,
    Postpone,
    Send,
    TurnFacts,
)
from app.flows.rules.overtaken import overtaken_by
from app.orders.arrival.delivery import DeliverySource
from tests.flows.cases import LINE, NOON, SHIPPED, STEPS, facts, lines, verdict, with_

DAY = timedelta(days=1)
NEWS = ["thank_you", "shipped", "delivered"]
ORDERED = partial(OrderFacts, "#1402", SHIPPED - DAY, financial_status="paid")
ON_ITS_WAY = replace(LINE, delivered_at=None, delivered_source=None)


def short(outcome):
    """An outcome as (kind, rule, reason)."""
    return (type(outcome).__name__.lower(), outcome.rule, outcome.reason.value)


def test_what_is_left_out_or_counted_never_stops_news_of_the_order():
    for step in NEWS:
        known = facts(
            step,
            items=lines(
                {"excluded": "product", "muted": True} | ({} if step == "delivered" else {"delivered_at": None})
            ),
            order=ORDERED(excluded_tag="wholesale", renewal=True, gift="note"),
            bounds=Bounds(per_week=1, per_month=1, gifts="nobody"),
            customer=CustomerFacts(country="DE", excluded="email", at_most_every=7 * DAY),
            turn=TurnFacts(said=(NOON - DAY,) * 9, optional=(NOON - DAY,), ahead=3),
            holdout=HoldoutFacts("shop", 50),
            same_sent_at=NOON - DAY,
        )
        assert isinstance(verdict(known), Send), step


def test_only_the_line_that_is_muted_excluded_asked_about_or_denied_stays_out():
    changed = ({"muted": True}, {"excluded": "product"}, {"asked_at": NOON - DAY}, {"denied_until": NOON + DAY}, {})
    assert verdict(facts(items=lines(*changed))).lines == (15,)


@pytest.mark.parametrize(("days", "asked"), [(366, True), (364, False)])
def test_a_product_is_asked_about_again_after_twelve_months(days, asked):
    outcome = verdict(facts(items=lines({"asked_at": NOON - days * DAY})))
    assert isinstance(outcome, Send) is asked


def test_a_denied_arrival_is_asked_about_when_the_wait_is_over_and_somebody_reports_it():
    known = facts(items=lines({"denied_until": NOON - DAY, "delivered_at": None, "delivered_source": None}))
    assert short(verdict(known)) == ("postpone", 8, "not_delivered")


def test_the_cap_waits_for_the_first_instant_that_has_room():
    said = (NOON - 6 * DAY, NOON - 5 * DAY, NOON - DAY)
    outcome = verdict(facts(turn=TurnFacts(said=said)))
    assert outcome.until == NOON + DAY
    assert isinstance(verdict(facts(turn=TurnFacts(said=said)), NOON + DAY), Send)


def test_a_cap_that_never_has_room_in_time_ends_as_stale_and_says_why():
    known = with_(facts(), follow_up={"waited_for": "cap_reached", "expires_at": NOON})
    outcome = verdict(known)
    assert short(outcome) == ("skip", 4, "stale")
    assert outcome.looked_at["waited_for"] == "cap_reached"


@pytest.mark.parametrize(
    ("anchor", "status", "stands"),
    [
        (Anchor.SHIPPED, "out_for_delivery", True),  # it is on its way all the same
        (Anchor.SHIPPED, "in_transit", True),
    ],
)
def test_news_of_a_parcel_stands_until_something_newer_is_known(anchor, status, stands):
    known = facts("shipped", items=(replace(ON_ITS_WAY, shipment_status=status),))
    assert known.step.anchor is anchor
    assert isinstance(verdict(known), Send) is stands


@pytest.mark.parametrize(
    ("anchor", "statuses"),
    [
        ("in_transit", {"out_for_delivery", "attempted_delivery", "ready_for_pickup"}),
        ("delayed", {"out_for_delivery", "ready_for_pickup"}),
        ("out_for_delivery", {"attempted_delivery", "ready_for_pickup", "failure"}),
        ("failed_attempt", {"out_for_delivery", "ready_for_pickup"}),
    ],
)
def test_a_later_word_of_the_carrier_makes_older_news_old(anchor, statuses):
    every = {"in_transit", "out_for_delivery", "attempted_delivery", "failure", "ready_for_pickup"}
    found = {each for each in every if overtaken_by(anchor, replace(ON_ITS_WAY, shipment_status=each.upper()))}
    assert found >= statuses
    assert "in_transit" not in found
    step = replace(STEPS["shipped"], anchor=Anchor.TRIGGER)
    for status in statuses:
        known = facts(step, items=(replace(ON_ITS_WAY, shipment_status=status),), flow=FlowFacts(trigger=anchor))
        assert short(verdict(known)) == ("skip", 4, "overtaken")
    arrived = facts(step, items=(LINE,), flow=FlowFacts(trigger=anchor))
    assert short(verdict(arrived)) == ("skip", 4, "overtaken")


def test_what_lies_at_the_shops_own_counter_was_never_on_its_way():
    at_counter = replace(ON_ITS_WAY, shipment_status="ready_for_pickup")
    assert isinstance(verdict(facts("shipped", items=(at_counter,))), Send)  # a carrier brought it there
    fetched = replace(at_counter, tracked=False)
    assert short(verdict(facts("shipped", items=(fetched,)))) == ("skip", 4, "overtaken")


def test_who_fetched_it_is_not_told_that_it_came_and_is_asked_how_it_is():
    fetched = replace(LINE, delivered_source=DeliverySource.MERCHANT)
    assert short(verdict(facts("delivered", items=(fetched,)))) == ("skip", 6, "nothing_to_ship")
    assert isinstance(verdict(facts(items=(fetched,))), Send)
    step = replace(STEPS["shipped"], anchor=Anchor.TRIGGER)
    assert isinstance(verdict(facts(step, items=(fetched,), flow=FlowFacts(trigger="picked_up"))), Send)


def test_a_parcel_nobody_reports_is_asked_about_at_the_latest_day():
    known = facts(items=(ON_ITS_WAY,))
    latest = SHIPPED + STEPS["review_request"].fallback
    waiting = verdict(known)
    assert isinstance(waiting, Postpone)
    assert waiting.until == latest
    known = with_(known, follow_up={"expires_at": latest + DAY})
    assert isinstance(verdict(known, latest), Send)


def test_an_assumed_arrival_is_not_taken_for_a_report():
    guess = replace(LINE, delivered_source=DeliverySource.FALLBACK)
    assert short(verdict(facts(items=(guess,)))) == ("postpone", 8, "not_delivered")


def test_an_arrival_nobody_reported_is_never_announced():
    known = facts("delivered", items=(ON_ITS_WAY,))
    latest = SHIPPED + STEPS["delivered"].fallback
    assert short(verdict(known)) == ("postpone", 8, "not_delivered")
    known = with_(known, follow_up={"expires_at": latest + DAY})
    assert short(verdict(known, latest)) == ("skip", 8, "delivery_unconfirmed")


def test_the_pause_after_arrival_holds_whatever_the_delay():
    eager = replace(STEPS["review_request"], delay=timedelta(hours=1))
    outcome = verdict(facts(eager, items=lines({"delivered_at": NOON - timedelta(hours=47)})))
    assert short(outcome) == ("postpone", 8, "too_soon")
    assert outcome.until == NOON + timedelta(hours=1)
