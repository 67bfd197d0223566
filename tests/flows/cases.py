"""Facts for decision tests: a delivered, unremarkable review request, and ways to change one thing about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.flows.language.presets import classic_five
from app.flows.rules.decision import CustomerFacts, Facts, FollowUpFacts, Item, OrderFacts
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.orders.arrival.delivery import DeliverySource

ORDER_FLOW, PARCEL_FLOW = classic_five(shopify_sends_shipping_mails=False)
STEPS = {step.key: step for flow in (ORDER_FLOW, PARCEL_FLOW) for step in flow.sends}
LIMITS = Limits()

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday, noon in London
DELIVERED = NOON - timedelta(days=7, hours=2)
SHIPPED = DELIVERED - timedelta(days=2)

LINE = Item(
    order_id=1,
    order_line_id=11,
    current_quantity=1,
    fulfillment_id=111,
    title="Kettle",
    shipped_at=SHIPPED,
    delivered_at=DELIVERED,
    delivered_source=DeliverySource.CARRIER_EVENT,
)


def facts(step="review_request", **parts):
    """An askable review request to a British customer, with whole parts replaced."""
    chosen = STEPS[step] if isinstance(step, str) else step
    known = {
        "step": chosen,
        "follow_up": FollowUpFacts(
            anchor_at=DELIVERED,
            due_at=NOON,
            expires_at=NOON + timedelta(days=20),
            zone="Europe/London",
            zone_source="country",
        ),
        "order": OrderFacts(name="#1402", placed_at=SHIPPED - timedelta(days=1), financial_status="paid"),
        "items": (LINE,),
        "customer": CustomerFacts(country="GB"),
    }
    return Facts(**(known | parts))


def with_(known, **changes):
    """The same facts with fields of one part changed: with_(facts(), order={"is_test": True})."""
    return replace(known, **{part: replace(getattr(known, part), **fields) for part, fields in changes.items()})


def lines(*changes):
    """Several lines, each the plain one with an id of its own and some fields changed."""
    return tuple(replace(LINE, order_line_id=11 + place, **fields) for place, fields in enumerate(changes))


def verdict(known, now=NOON):
    return decide(known, LIMITS, now)
