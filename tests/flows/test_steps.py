"""Flow documents: what was written reads back the same, and what is wrong is told field by field."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.customers.wish_topics import OPTIONAL
from app.flows.language.forms import WrongFlow, change_step, flow_document, flow_json
from app.flows.language.presets import classic_five
from app.flows.language.steps import Arrival, StepState
from app.flows.language.window import SendWindow

ORDER, PARCEL = classic_five(shopify_sends_shipping_mails=False)


def errors(flow, key, **changes):
    with pytest.raises(WrongFlow) as refused:
        change_step(flow, key, changes)
    return {field.removeprefix(f"steps.{key}."): text for field, text in refused.value.errors.items()}


def test_the_classic_five_come_in_this_order_with_these_offsets():
    shown = [(step.key, step.anchor.value, step.delay.days) for flow in (ORDER, PARCEL) for step in flow.sends]
    assert shown == [
        ("thank_you", "order_placed", 0),
        ("shipped", "shipped", 0),
        ("delivered", "delivered", 0),
        ("product_help", "delivered", 3),
        ("review_request", "delivered", 7),
    ]


def test_every_preset_step_has_a_class_a_reason_and_an_end():
    for flow in (ORDER, PARCEL):
        for step in flow.sends:
            assert step.goal.endswith(".")
            assert step.max_age >= timedelta(days=2)
            assert (step.fallback is not None) == (step.arrival is not Arrival.NOT_NEEDED)
    assert [s.key for f in (ORDER, PARCEL) for s in f.sends if s.message_class == "review_ask"] == ["review_request"]


def test_help_and_the_request_never_come_together_though_nobody_reports_the_parcel():
    waiting = [step for step in PARCEL.sends if step.arrival is Arrival.LIKELY]
    assert [step.fallback - step.delay for step in waiting] == [timedelta(days=14)] * 2
    assert len({step.fallback for step in waiting}) == 2


def test_an_unsubscribe_stops_exactly_the_topics_that_are_not_news():
    for flow in (ORDER, PARCEL):
        for step in flow.sends:
            assert (step.topic in OPTIONAL) == (not step.is_news)


def test_shipping_news_is_left_to_shopify_where_shopify_sends_it():
    _, parcel = classic_five(shopify_sends_shipping_mails=True)
    assert [step.key for step in parcel.sends if not step.is_planned] == ["shipped", "delivered"]
    again = change_step(parcel, "shipped", {"state": "on"})  # one switch a step
    assert again.step("shipped").state is StepState.ON


@pytest.mark.parametrize("flow", [ORDER, PARCEL, classic_five(shopify_sends_shipping_mails=True)[1]])
def test_a_document_reads_back_the_same(flow):
    assert flow_document(flow_json(flow)) == flow


def test_a_merchants_change_is_read_as_typed():
    window = {"from_hour": "10", "to_hour": "18", "weekdays": [0, 1, 2, 3, 4]}
    changed = change_step(PARCEL, "review_request", {"delay_days": "10", "window": window, "max_age_days": 9})
    step = changed.step("review_request")
    assert step.delay == timedelta(days=10)
    assert step.window == SendWindow(10, 18, frozenset(range(5)))
    assert changed.step("product_help") == PARCEL.step("product_help")


@pytest.mark.parametrize(
    ("key", "changes", "field", "sentence"),
    [
        ("review_request", {"delay_days": 0}, "delay_days", "Delay must be 1 to 90 days. You entered 0."),
        ("review_request", {"delay_days": "91"}, "delay_days", "Delay must be 1 to 90 days. You entered 91."),
        ("review_request", {"delay_days": "-3"}, "delay_days", "Delay must be 1 to 90 days. You entered -3."),
        ("review_request", {"delay_days": "soon"}, "delay_days", "Delay must be 1 to 90 days. You entered soon."),
        ("review_request", {"delay_days": ""}, "delay_days", "Delay must be 1 to 90 days. You entered nothing."),
        ("review_request", {"delay_days": "²"}, "delay_days", "Delay must be 1 to 90 days. You entered ²."),
        ("review_request", {"delay_days": True}, "delay_days", "Delay must be 1 to 90 days. You entered True."),
        ("delivered", {"delay_days": 91}, "delay_days", "Delay must be 0 to 90 days. You entered 91."),
        ("review_request", {"fallback_days": 7}, "fallback_days", "Latest day must be 8 to 120 days. You entered 7."),
        (
            "review_request",
            {"fallback_days": None},
            "fallback_days",
            "Latest day must be 8 to 120 days. You entered nothing.",
        ),
        ("shipped", {"fallback_days": 9}, "fallback_days", "Only a step that waits for delivery has a latest day."),
        ("review_request", {"goal": "  "}, "goal", "Reason to exist is missing."),
        (
            "review_request",
            {"message_class": "spam"},
            "message_class",
            "Message class must be one of transactional, mixed, marketing, review_ask. You entered spam.",
        ),
        (
            "review_request",
            {"window": {"from_hour": 20, "to_hour": 9}},
            "window.to_hour",
            "Last hour must be after 20:00. You entered 9:00.",
        ),
        (
            "review_request",
            {"window": {"from_hour": 25, "to_hour": 9}},
            "window.from_hour",
            "First hour must be 0 to 23. You entered 25.",
        ),
        (
            "review_request",
            {"window": {"from_hour": 9, "to_hour": 20, "weekdays": []}},
            "window.weekdays",
            "Choose at least one day of the week.",
        ),
        ("review_request", {"window": "daytime"}, "window", "Sending hours need a first and a last hour."),
        ("review_request", {"max_age_days": 1}, "max_age_days", "Longest wait must be 2 to 60 days. You entered 1."),
        (
            "review_request",
            {"max_age_days": 3, "window": {"from_hour": 9, "to_hour": 20, "weekdays": [0]}},
            "max_age_days",
            "Longest wait must be 8 to 60 days. You entered 3.",  # or a week's wait for Monday would outlive it
        ),
        (
            "review_request",
            {"anchor": "shipped", "fallback_days": None},
            "arrival",
            "A step counts from delivery exactly when it needs the parcel to have arrived.",
        ),
        (
            "shipped",
            {"anchor": "order_placed"},
            "anchor",
            "A flow about one fulfillment cannot count from order placed.",
        ),
        ("shipped", {"message_class": "review_ask"}, "arrival", "A review request needs the product in hand."),
    ],
)
def test_a_wrong_field_is_named_with_what_was_entered(key, changes, field, sentence):
    assert errors(PARCEL, key, **changes)[field] == sentence


def test_all_wrong_fields_are_told_at_once():
    assert set(errors(PARCEL, "review_request", delay_days=0, goal="", max_age_days=999)) == {
        "delay_days",
        "goal",
        "max_age_days",
    }


def test_two_steps_of_one_key_are_refused():
    document = flow_json(PARCEL)
    document["steps"].append(document["steps"][0])
    with pytest.raises(WrongFlow, match="Two steps carry the same key"):
        flow_document(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_nonsense_is_refused_with_words(raw):
    with pytest.raises(WrongFlow) as refused:
        flow_document(raw)
    assert all(refused.value.errors.values())


@given(st.sampled_from(sorted(flow_json(PARCEL)["steps"][3])), JSON)
def test_one_nonsense_field_is_refused_or_harmless(field, value):
    document = flow_json(PARCEL)
    document["steps"][3][field] = value
    with suppress(WrongFlow):
        flow = flow_document(document)
        assert flow_document(flow_json(flow)) == flow
