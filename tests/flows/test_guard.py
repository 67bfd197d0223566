"""The decision, rule by rule, as a table in words."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.customers.legal_basis import MessageClass
from app.flows.language.steps import StepState
from app.flows.language.window import SendWindow
from app.flows.rules.decision import (
    Bounds,
    CustomerFacts,
    FlowFacts,
    Hold,
    HoldoutFacts,
    OpenReturn,
    OrderFacts,
    ProfileFacts,
    Send,
    Sent,
    ShopFacts,
    ShopState,
    Skip,
    TemplateFacts,
    TurnFacts,
)
from app.flows.rules.guard import RULES
from app.orders.arrival.delivery import DeliverySource
from tests.flows.cases import DELIVERED, LINE, NOON, SHIPPED, STEPS, facts, lines, verdict, with_

DAY = timedelta(days=1)
NEWS = ["thank_you", "shipped", "delivered"]
UNSHIPPED = replace(LINE, fulfillment_id=None, shipped_at=None, delivered_at=None, delivered_source=None)
ON_ITS_WAY = replace(LINE, delivered_at=None, delivered_source=None)


def short(outcome):
    """An outcome as (kind, rule, reason)."""
    return (type(outcome).__name__.lower(), outcome.rule, outcome.reason.value)


def test_an_ordinary_delivered_parcel_is_asked_about():
    outcome = verdict(facts())
    assert outcome == Send(lines=(11,), passed=tuple(number for number, _ in RULES))


@pytest.mark.parametrize("step", ["product_help", "review_request", "delivered"])
def test_each_delivered_step_speaks_about_a_delivered_parcel(step):
    assert isinstance(verdict(facts(step)), Send)


def test_news_of_shipping_leaves_while_the_parcel_travels():
    assert isinstance(verdict(facts("shipped", items=(ON_ITS_WAY,))), Send)
    assert isinstance(verdict(facts("thank_you", items=(UNSHIPPED,))), Send)


GERMAN = {"country": "DE"}
ORDERED = partial(OrderFacts, "#1402", SHIPPED - DAY, financial_status="paid")

TABLE = [
    # 1: our side is not able or allowed to send
    ({"shop": ShopFacts(ShopState.UNINSTALLED)}, ("hold", 1, "shop_uninstalled")),
    ({"shop": ShopFacts(ShopState.NEEDS_RECONNECTION)}, ("hold", 1, "needs_reconnection")),
    ({"shop": ShopFacts(ShopState.AWAITING_DATA_ACCESS)}, ("hold", 1, "awaiting_data_access")),
    ({"shop": ShopFacts(paused_at=NOON - DAY, paused_by="Maria")}, ("hold", 1, "shop_paused")),
    # 2: a switch is off
    ({"flow": FlowFacts(running=False)}, ("hold", 2, "flow_paused")),
    ({"flow": FlowFacts(paused_at=NOON - DAY)}, ("hold", 2, "flow_paused")),
    ({"flow": FlowFacts(step_state=StepState.PAUSED)}, ("hold", 2, "step_paused")),
    ({"flow": FlowFacts(step_state=StepState.LEFT_TO_SHOPIFY)}, ("hold", 2, "left_to_shopify")),
    # 3: it was said before, or may have been
    ({"items": lines({"sent": Sent.ACCEPTED})}, ("skip", 3, "already_sent")),
    ({"items": lines({"sent": Sent.UNKNOWN})}, ("skip", 3, "already_sent")),
    # 6: nothing is left of it
    ({"profile": ProfileFacts(holds=False, against=("the country it goes to is GB",))}, ("skip", 6, "profile")),
    ({"items": lines({"refunded": True, "current_quantity": 0})}, ("skip", 6, "items_refunded")),
    ({"items": lines({"returned": True, "current_quantity": 0})}, ("skip", 6, "items_returned")),
    ({"items": lines({"current_quantity": 0})}, ("skip", 6, "items_removed")),
    ({"items": lines({"parcel_cancelled": True})}, ("skip", 6, "parcel_cancelled")),
    ({"items": lines({"is_gift_card": True})}, ("skip", 6, "gift_card")),
    ({"items": lines({"refunded": True}, {"returned": True})}, ("skip", 6, "nothing_left")),
    ({"items": ()}, ("skip", 6, "nothing_left")),
    ({"order": ORDERED(excluded_tag="wholesale")}, ("skip", 6, "order_tag_excluded")),
    ({"customer": CustomerFacts(country="GB", excluded="email")}, ("skip", 6, "person_excluded")),
    ({"customer": CustomerFacts(country="GB", excluded="customer_tag")}, ("skip", 6, "customer_tag_excluded")),
    ({"items": lines({"excluded": "product"})}, ("skip", 6, "product_excluded")),
    ({"items": lines({"excluded": "product_tag"})}, ("skip", 6, "product_tag_excluded")),
    ({"items": lines({"excluded": "collection"})}, ("skip", 6, "collection_excluded")),
    ({"order": ORDERED(gift="note"), "bounds": Bounds(gifts="nobody")}, ("skip", 6, "gift")),
    # 7: something is being sorted out
    ({"items": lines({"denied_until": NOON + DAY})}, ("postpone", 7, "not_received")),
    ({"open_returns": (OpenReturn("#1402-R1", NOON - DAY),)}, ("postpone", 7, "return_open")),
    ({"open_returns": (OpenReturn("#1402-R1", NOON - DAY, (11,)),)}, ("postpone", 7, "return_open")),
    (
        {"items": lines({}, {"reviewed": True}), "open_returns": (OpenReturn("R", NOON, (11,)),)},
        ("postpone", 7, "return_open"),
    ),
    # 8: it is not in hand
    ({"items": (ON_ITS_WAY,)}, ("postpone", 8, "not_delivered")),
    ({"items": (UNSHIPPED,)}, ("postpone", 8, "not_delivered")),
    ({"items": lines({"delivered_at": NOON - DAY})}, ("postpone", 8, "too_soon")),
    # 9: the goal is reached
    ({"items": lines({"reviewed": True})}, ("skip", 9, "already_reviewed")),
    # 10: asked before
    ({"items": lines({"asked_at": NOON - 364 * DAY})}, ("skip", 10, "asked_lately")),
    ({"order": ORDERED(renewal=True)}, ("skip", 10, "subscription_renewal")),
    # 11: the address
    ({"customer": CustomerFacts(country="GB", erased_at=NOON - DAY)}, ("skip", 11, "erased")),
    ({"customer": CustomerFacts(country="GB", stopped="erased")}, ("skip", 11, "erased")),
    ({"customer": CustomerFacts(country="GB", merged=True)}, ("skip", 11, "merged")),
    ({"customer": CustomerFacts(country="GB", stopped="hard_bounce")}, ("skip", 11, "hard_bounce")),
    ({"customer": CustomerFacts(country="GB", stopped="complaint")}, ("skip", 11, "complaint")),
    ({"customer": CustomerFacts(country="GB", has_address=False)}, ("skip", 11, "no_address")),
    # 12: the law
    ({"customer": CustomerFacts(country="DE")}, ("skip", 12, "no_basis")),
    ({"customer": CustomerFacts(country="AT")}, ("skip", 12, "no_basis")),
    ({"customer": CustomerFacts(country=None)}, ("skip", 12, "no_basis")),
    (
        {"customer": CustomerFacts(country="DE", agreed_to_marketing=True, unsubscribed_at=NOON - DAY)},
        ("skip", 12, "no_basis"),
    ),
    # 13: the person's own choices
    ({"customer": CustomerFacts(country="GB", topics_off=frozenset({"review_ask"}))}, ("skip", 13, "topic_off")),
    ({"customer": CustomerFacts(country="GB", unsubscribed_at=NOON - DAY)}, ("skip", 13, "unsubscribed")),
    ({"customer": CustomerFacts(country="GB", paused_until=NOON + DAY)}, ("postpone", 13, "paused_by_person")),
    ({"items": lines({"muted": True})}, ("skip", 13, "product_muted")),
    (
        {"customer": CustomerFacts(country="GB", at_most_every=7 * DAY), "turn": TurnFacts(optional=(NOON - DAY,))},
        ("postpone", 13, "often_enough"),
    ),
    # 14: kept out to measure by
    ({"holdout": HoldoutFacts("shop", 10)}, ("skip", 14, "holdout")),
    # 16: enough for now
    ({"turn": TurnFacts(said=(NOON - DAY, NOON - 2 * DAY, NOON - 3 * DAY))}, ("postpone", 16, "cap_reached")),
    ({"turn": TurnFacts(said=(NOON - DAY, NOON - 2 * DAY), ahead=1)}, ("postpone", 16, "after_others")),
    # 17: the same words
    ({"same_sent_at": NOON - 29 * DAY}, ("skip", 17, "same_content")),
    # 18: the mail cannot be written
    ({"template": TemplateFacts("first_name is missing")}, ("skip", 18, "render_error")),
]


@pytest.mark.parametrize(("parts", "expected"), TABLE, ids=[f"{place}-{row[1][2]}" for place, row in enumerate(TABLE)])
def test_one_fact_stops_a_review_request_by_its_rule(parts, expected):
    outcome = verdict(facts(**parts))
    assert short(outcome) == expected
    assert outcome.passed == tuple(number for number, _ in RULES if number < expected[1])


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"is_test": True}, "test_order"),
        ({"cancelled_at": NOON - DAY}, "order_cancelled"),
        ({"cancelled_at": NOON - DAY, "cancel_reason": "FRAUD"}, "order_fraud"),
        ({"financial_status": "VOIDED"}, "order_voided"),
        ({"financial_status": "refunded", "refunded_at": NOON - DAY}, "order_refunded"),
        ({"deleted_at": NOON - DAY}, "order_deleted"),
    ],
)
def test_an_order_that_was_undone_is_not_asked_about(order, reason):
    assert short(verdict(with_(facts(), order=order))) == ("skip", 5, reason)


def test_a_partly_refunded_order_is_asked_about_what_was_kept():
    known = with_(
        facts(items=lines({"refunded": True, "current_quantity": 0}, {})),
        order={"financial_status": "partially_refunded"},
    )
    assert verdict(known).lines == (12,)


def test_only_lines_not_asked_about_before_are_asked_about():
    assert verdict(facts(items=lines({"sent": Sent.ACCEPTED}, {}, {"reviewed": True}))).lines == (12,)


def test_two_that_arrived_are_asked_about_and_the_third_is_not():
    arriving = {"delivered_at": None, "delivered_source": None}
    assert verdict(facts(items=lines({}, {}, arriving))).lines == (11, 12)


def test_a_reviewed_line_does_not_end_the_wait_for_one_on_its_way():
    arriving = {"delivered_at": None, "delivered_source": None}
    assert short(verdict(facts(items=lines({"reviewed": True}, arriving)))) == ("postpone", 8, "not_delivered")


@pytest.mark.parametrize("step", ["product_help", *NEWS])
def test_transactional_messages_need_no_consent_and_survive_a_test_order(step):
    items = (LINE,) if step in {"product_help", "delivered"} else (ON_ITS_WAY,)
    known = with_(facts(step, items=items), order={"is_test": True}, customer=GERMAN)
    assert isinstance(verdict(known), Send)


@pytest.mark.parametrize("step", NEWS)
def test_order_news_ignores_returns_unsubscribes_and_pauses(step):
    known = facts(
        step,
        items=(LINE,) if step == "delivered" else (ON_ITS_WAY,),
        open_returns=(OpenReturn("#1402-R1", NOON - DAY),),
        customer=CustomerFacts(country="GB", unsubscribed_at=NOON - DAY, paused_until=NOON + DAY),
    )
    assert isinstance(verdict(known), Send)


@pytest.mark.parametrize("step", NEWS)
def test_order_news_stops_at_a_dead_address_or_its_own_topic(step):
    items = (LINE,) if step == "delivered" else (ON_ITS_WAY,)
    for customer in ({"stopped": "hard_bounce"}, {"topics_off": frozenset({STEPS[step].topic.value})}):
        assert isinstance(verdict(with_(facts(step, items=items), customer=customer)), Skip)


def test_help_is_not_order_news_and_stops_at_an_unsubscribe():
    known = with_(facts("product_help"), customer={"unsubscribed_at": NOON - DAY})
    assert short(verdict(known)) == ("skip", 13, "unsubscribed")


def test_no_thanks_for_an_order_that_was_cancelled_before_anything_left():
    known = with_(facts("thank_you", items=(UNSHIPPED,)), order={"cancelled_at": NOON - DAY})
    assert short(verdict(known)) == ("skip", 6, "order_cancelled")


def test_shipping_news_is_overtaken_by_the_arrival():
    assert short(verdict(facts("shipped"))) == ("skip", 4, "overtaken")


def test_a_digital_item_gets_no_shipping_news_and_is_asked_about_later():
    digital = replace(LINE, requires_shipping=False, delivered_source=DeliverySource.DIGITAL)
    assert short(verdict(facts("shipped", items=(digital,)))) == ("skip", 6, "nothing_to_ship")
    assert short(verdict(facts("delivered", items=(digital,)))) == ("skip", 6, "nothing_to_ship")
    assert isinstance(verdict(facts("review_request", items=(digital,))), Send)


def test_an_old_message_is_stale():
    known = facts()
    assert short(verdict(known, known.follow_up.expires_at)) == ("skip", 4, "stale")
    assert isinstance(verdict(known, known.follow_up.expires_at - timedelta(seconds=1)), Send)


def test_what_was_held_too_long_ends_as_stale_instead_of_waiting_for_ever():
    known = facts(shop=ShopFacts(paused_at=NOON))
    assert isinstance(verdict(known, known.follow_up.expires_at - DAY), Hold)
    assert short(verdict(known, known.follow_up.expires_at)) == ("skip", 4, "stale")


def test_a_late_evening_waits_for_the_recipients_morning():
    outcome = verdict(with_(facts(), follow_up={"zone": "Asia/Tokyo"}))  # 21:00 there
    assert short(outcome) == ("postpone", 15, "outside_window")
    assert outcome.until == NOON.replace(hour=0) + DAY  # 9:00 on Saturday


def test_a_wait_never_reaches_past_the_end():
    soon = NOON + timedelta(hours=3)
    for parts in ({"open_returns": (OpenReturn("R", NOON),)}, {"items": (ON_ITS_WAY,)}):
        assert verdict(with_(facts(**parts), follow_up={"expires_at": soon})).until == soon


def test_a_broken_template_falls_back_to_the_last_good_one():
    outcome = verdict(facts(template=TemplateFacts("first_name is missing", last_good=True)))
    assert isinstance(outcome, Send)
    assert outcome.last_good


def test_promotion_needs_agreement_everywhere():
    advert = replace(STEPS["product_help"], message_class=MessageClass.MARKETING)
    assert short(verdict(facts(advert))) == ("skip", 12, "no_basis")
    assert isinstance(verdict(with_(facts(advert), customer={"agreed_to_marketing": True})), Send)


def test_the_first_rule_that_matches_wins():
    worst = facts(
        shop=ShopFacts(ShopState.UNINSTALLED),
        flow=FlowFacts(running=False),
        items=lines({"sent": Sent.ACCEPTED, "refunded": True, "reviewed": True}),
        customer=CustomerFacts(erased_at=NOON),
        template=TemplateFacts("broken"),
    )
    reached = [verdict(worst).rule]
    for repair in (
        {"shop": ShopFacts()},
        {"flow": FlowFacts()},
        {"items": lines({"refunded": True, "reviewed": True})},
        {"items": lines({"reviewed": True})},
        {"items": (LINE,)},
        {"customer": CustomerFacts(country="DE")},
        {"customer": CustomerFacts(country="GB")},
    ):
        worst = replace(worst, **repair)
        reached.append(verdict(worst).rule)
    assert reached == [1, 2, 3, 6, 9, 11, 12, 18]


def test_a_narrow_window_on_one_weekday_is_kept():
    mondays = replace(STEPS["review_request"], window=SendWindow(10, 12, frozenset({0})))
    outcome = verdict(facts(mondays))
    assert outcome.until == NOON.replace(hour=10) + 3 * DAY
    assert DELIVERED < NOON
