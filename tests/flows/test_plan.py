"""Where a step is planned, and why there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.flows.language.presets import classic_five
from app.flows.language.steps import StepState
from app.flows.timing.plan import Moments, Why, plan
from app.flows.timing.recipient_zone import recipient_zone
from app.flows.timing.slots import MAX_JITTER
from app.orders.arrival.delivery import Delivered, DeliverySource
from tests.flows.cases import STEPS

DAY = timedelta(days=1)
PLACED = datetime(2026, 11, 16, 10, tzinfo=UTC)  # a Monday
SHIPPED = PLACED + DAY
ARRIVED = PLACED + 3 * DAY  # Thursday 10:00
LONDON = recipient_zone("GB", None, "Europe/London")
ON_TIME = Moments(PLACED, SHIPPED, Delivered(ARRIVED, DeliverySource.CARRIER_EVENT))


def planned(step, moments, *, now=PLACED, zone=LONDON):
    return plan(STEPS[step] if isinstance(step, str) else step, moments, zone, seed="1.step", now=now)


@pytest.mark.parametrize(
    ("step", "due"),
    [
        ("thank_you", PLACED),
        ("shipped", SHIPPED),
        ("delivered", ARRIVED),
        ("product_help", ARRIVED + 3 * DAY),
        ("review_request", ARRIVED + 7 * DAY),
    ],
)
def test_each_of_the_five_is_due_at_its_offset(step, due):
    found = planned(step, ON_TIME)
    assert due <= found.due_at <= due + MAX_JITTER
    assert found.expires_at == due + STEPS[step].max_age
    assert found.why == (Why.DELAY,)
    assert not found.provisional


def test_nothing_about_a_parcel_is_planned_before_there_is_one():
    for step in ("shipped", "delivered", "product_help", "review_request"):
        assert planned(step, Moments(PLACED)) is None


def test_until_it_is_reported_an_arrival_step_stands_at_its_latest_day():
    found = planned("review_request", Moments(PLACED, SHIPPED))
    assert found.provisional
    assert found.anchor_at == SHIPPED
    assert SHIPPED + 21 * DAY <= found.due_at <= SHIPPED + 21 * DAY + MAX_JITTER
    assert found.why == (Why.FALLBACK,)


def test_an_assumed_arrival_counts_as_none():
    assumed = Moments(PLACED, SHIPPED, Delivered(SHIPPED + 21 * DAY, DeliverySource.FALLBACK))
    assert planned("review_request", assumed) == planned("review_request", Moments(PLACED, SHIPPED))


def test_a_reported_arrival_moves_it_earlier():
    assert planned("review_request", ON_TIME).due_at < planned("review_request", Moments(PLACED, SHIPPED)).due_at


def test_a_step_left_to_shopify_is_not_planned():
    _, parcel = classic_five(shopify_sends_shipping_mails=True)
    assert planned(parcel.step("shipped"), ON_TIME) is None
    assert planned(replace(STEPS["shipped"], state=StepState.PAUSED), ON_TIME) is not None  # paused rows wait


def test_help_waits_two_days_after_arrival_whatever_its_delay():
    found = planned(replace(STEPS["product_help"], delay=DAY), ON_TIME)
    assert found.due_at >= ARRIVED + 2 * DAY
    assert found.why == (Why.MIN_GAP,)


def test_an_event_heard_late_counts_from_when_it_happened():
    found = planned("review_request", ON_TIME, now=ARRIVED + 3 * DAY)
    assert found == planned("review_request", ON_TIME)  # four days later, not seven


def test_an_event_heard_after_its_time_goes_to_the_next_morning_and_says_so():
    heard_at = (ARRIVED + 9 * DAY).replace(hour=23)
    found = planned("review_request", ON_TIME, now=heard_at)
    opening = (heard_at + DAY).replace(hour=9)
    assert opening <= found.due_at <= opening + MAX_JITTER
    assert found.why == (Why.DELAY, Why.LATE, Why.WINDOW)
    assert found.expires_at == planned("review_request", ON_TIME).expires_at


def test_the_window_is_read_by_the_recipients_clock():
    tokyo = recipient_zone("JP", "JP-13", "Europe/London")
    found = planned("review_request", ON_TIME, zone=tokyo)  # 19:00 on the day there, still open
    assert found.due_at.astimezone(tokyo.zone).hour == 19
    later = replace(ON_TIME, delivered=Delivered(ARRIVED + timedelta(hours=3), DeliverySource.CARRIER_EVENT))
    found = planned("review_request", later, zone=tokyo)
    assert found.due_at.astimezone(tokyo.zone).hour == 9
    assert found.why == (Why.DELAY, Why.WINDOW)
