"""Facts for every reason of the decision table: one changed thing each, and those that take more than one."""

from dataclasses import replace
from datetime import timedelta

from app.customers.legal_basis import MessageClass
from app.flows.rules.decision import ProfileFacts, Sent, ShopFacts, ShopState
from app.flows.timing.calendar import Blackout, Calendar, Quiet
from tests.flows.cases import LINE, NOON, STEPS, facts, with_
from tests.flows.test_guard import ON_ITS_WAY, TABLE

DAY = timedelta(days=1)
ORDERS = (
    {"is_test": True},
    {"cancelled_at": NOON - DAY},
    {"cancelled_at": NOON - DAY, "cancel_reason": "fraud"},
    {"financial_status": "voided"},
    {"financial_status": "refunded", "refunded_at": NOON - DAY},
    {"deleted_at": NOON - DAY},
)
# Ends that come without an evaluation of the table: from the mail server, the merchant, the flow's run, a merge.
OUTSIDE = frozenset(
    {"dropped_on_resume", "skipped_by_merchant", "before_start", "exited", "goal_reached", "step_gone"}
    | {"failed", "added_later"}
)


def every_case():
    """Return facts that together reach every reason of the table."""
    yield from (facts(**row[0]) for row in TABLE)
    yield from (with_(facts(), order=change) for change in ORDERS)
    promo = replace(STEPS["review_request"], message_class=MessageClass.MARKETING)
    yield with_(facts(promo, items=(replace(LINE, reordered_at=NOON - DAY),)), customer={"agreed_to_marketing": True})
    yield facts("shipped")
    yield facts("delivered", items=(replace(LINE, requires_shipping=False),))
    yield facts("delivered", items=(replace(ON_ITS_WAY, shipped_at=NOON - 90 * DAY),))
    yield with_(facts(), follow_up={"zone": "Asia/Tokyo"})
    yield with_(facts(), follow_up={"spoken_for_at": NOON})
    yield with_(facts("shipped", items=(ON_ITS_WAY,)), follow_up={"news_at": (NOON, NOON)})
    yield facts(items=(replace(LINE, sent=Sent.REFUSED),))
    yield facts(shop=ShopFacts(ShopState.RESTORED))
    yield facts(shop=ShopFacts(ShopState.HALTED))
    yield facts(profile=ProfileFacts(holds=False, against=("the country is GB",)))
    day = NOON.date()
    yield facts(calendar=Calendar(quiet=Quiet(11 * 60, 14 * 60)))
    yield facts(calendar=Calendar(blackouts=(Blackout(day, day),)))
    yield facts(calendar=Calendar(holidays_closed=True, holidays=frozenset({day})))
