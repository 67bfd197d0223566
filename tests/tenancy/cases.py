"""Every route of the app with what it takes to ask it. A route without a case fails a test."""

import json
from dataclasses import dataclass, field

from app.messages.signed.links import Purpose
from tests.admin.flow_documents import document


@dataclass(frozen=True)
class Case:
    """One way to ask a route. `names` says that the session's own name is to be read in the answer."""

    path: str
    form: dict = field(default_factory=dict)
    names: bool = True


# A flow's document, its braces kept from being filled in.
DOCUMENT = json.dumps(document(key="another")).replace("{", "{{").replace("}", "}}")

# Admin routes whose address or form holds an id, by (rule, method).
WITH_ID = {
    ("/customers/<int:customer_id>", "GET"): Case("/customers/{customer}"),
    ("/customers/<int:customer_id>/pause", "POST"): Case("/customers/{customer}/pause", {"days": "7"}),
    ("/customers/<int:customer_id>/pause", "GET"): Case("/customers/{customer}/pause"),
    ("/customers/<int:customer_id>/resume", "POST"): Case("/customers/{customer}/resume"),
    ("/customers/<int:customer_id>/resume", "GET"): Case("/customers/{customer}/resume"),
    ("/customers/orders/<int:order_id>", "GET"): Case("/customers/orders/{order}"),
    ("/follow-ups/<int:follow_up_id>/why", "GET"): Case("/follow-ups/{follow_up}/why"),
    ("/follow-ups/<int:follow_up_id>/again", "GET"): Case("/follow-ups/{follow_up}/again", names=False),
    ("/follow-ups/<int:follow_up_id>/again", "POST"): Case("/follow-ups/{follow_up}/again", names=False),
    ("/follow-ups/<int:follow_up_id>/leave", "POST"): Case("/follow-ups/{follow_up}/leave", names=False),
    ("/follow-ups/<int:follow_up_id>/skip", "POST"): Case("/follow-ups/{follow_up}/skip", names=False),
    ("/reviews/<int:review_id>/publish", "POST"): Case("/reviews/{review}/publish", {"state": "published"}),
    ("/reviews/<int:review_id>/hide", "POST"): Case("/reviews/{review}/hide", {"state": "hidden", "reason": "spam"}),
    ("/settings/requests/<int:request_id>/download", "GET"): Case("/settings/requests/{request}/download"),
    ("/replays/<int:replay_id>", "GET"): Case("/replays/{replay}", names=False),
    ("/replays/<int:replay_id>/standing", "GET"): Case("/replays/{replay}/standing", names=False),
    ("/replays/<int:replay_id>/cancel", "POST"): Case("/replays/{replay}/cancel", names=False),
    ("/flows/<step>/preview", "GET"): Case("/flows/thank_you/preview?order={order}"),
    ("/flows/<step>/send-me", "POST"): Case("/flows/thank_you/send-me", {"order": "{order}"}, names=False),
}

# The address holds an id that nothing is looked up by: a reload of a form's address leads to the list.
IGNORES_ID = {
    ("/reviews/<int:review_id>/publish", "GET"): Case("/reviews/{review}/publish?state=pending", names=False),
    ("/reviews/<int:review_id>/hide", "GET"): Case("/reviews/{review}/hide?state=pending", names=False),
}

# Admin routes that show what belongs to the session.
WITHOUT_ID = {
    ("/", "GET"): Case("/"),
    ("/progress", "GET"): Case("/progress", names=False),
    ("/history", "GET"): Case("/history", names=False),
    ("/look-back", "GET"): Case("/look-back", names=False),
    ("/look-back", "POST"): Case("/look-back", {"months": "6", "daily_cap": "5"}, names=False),
    ("/look-back/stop", "POST"): Case("/look-back/stop", names=False),
    ("/replays", "GET"): Case("/replays", names=False),
    ("/replays", "POST"): Case("/replays", {"flow": "parcel:1", "days": "30"}, names=False),
    ("/not-sent", "GET"): Case("/not-sent", names=False),
    ("/needs/<kind>", "GET"): Case("/needs/unknown", names=False),
    ("/start", "GET"): Case("/start", names=False),
    ("/started", "GET"): Case("/started", names=False),
    ("/start", "POST"): Case("/start", names=False),
    ("/customers", "GET"): Case("/customers"),
    ("/flows", "GET"): Case("/flows", names=False),
    ("/flow", "GET"): Case("/flow", names=False),
    ("/flow", "POST"): Case("/flow", {"document": DOCUMENT}, names=False),
    ("/flow/check", "POST"): Case("/flow/check", {"document": DOCUMENT}, names=False),
    ("/flow/<key>", "GET"): Case("/flow/parcel", names=False),
    ("/flow/<key>/waits/<node>", "GET"): Case("/flow/care/waits/use_it", names=False),
    ("/flow/<key>/waits/<node>", "POST"): Case(
        "/flow/care/waits/use_it", {"delay_days": "1", "delay_hours": "0", "delay_minutes": "0"}, names=False
    ),
    ("/flow/<key>/holdout", "POST"): Case("/flow/parcel/holdout", {"percent": "5"}, names=False),
    ("/flow/<key>/switch", "POST"): Case("/flow/care/switch", {"state": "off"}, names=False),
    ("/flow/<key>/delete", "POST"): Case("/flow/spare/delete", names=False),
    ("/flows/<step>", "GET"): Case("/flows/thank_you", names=False),
    ("/flows/<step>", "POST"): Case("/flows/thank_you", {"state": "on", "delay_days": "0"}, names=False),
    ("/flows/<step>/switch", "POST"): Case("/flows/thank_you/switch", {"state": "on"}, names=False),
    ("/flows/<step>/moves", "POST"): Case("/flows/thank_you/moves", {"state": "on", "delay_days": "0"}, names=False),
    ("/flows/<step>/orders", "GET"): Case("/flows/thank_you/orders?q=14"),
    ("/reviews", "GET"): Case("/reviews?state=pending", names=False),
    ("/settings", "GET"): Case("/settings", names=False),
    ("/settings/stars", "POST"): Case("/settings/stars", {"allowed": "no"}, names=False),
    ("/settings/calendar", "GET"): Case("/settings/calendar", names=False),
    ("/settings/calendar", "POST"): Case(
        "/settings/calendar", {"help_gap_hours": "48", "ask_gap_hours": "48"}, names=False
    ),
    ("/settings/calendar/moves", "POST"): Case(
        "/settings/calendar/moves", {"help_gap_hours": "48", "ask_gap_hours": "48"}, names=False
    ),
    ("/settings/seasons", "GET"): Case("/settings/seasons", names=False),
    ("/settings/seasons", "POST"): Case(
        "/settings/seasons", {"name": "Winter", "first": "2026-11-15", "last": "2027-01-06"}, names=False
    ),
    ("/settings/deliveries", "GET"): Case("/settings/deliveries", names=False),
    ("/settings/deliveries", "POST"): Case(
        "/settings/deliveries",
        {"risk_percent": "10", "quiet_home": "3", "quiet_abroad": "5", "unsent_days": "4"},
        names=False,
    ),
    ("/settings/stars", "GET"): Case("/settings/stars", names=False),
    ("/settings/unsubscribes", "POST"): Case("/settings/unsubscribes", {"allowed": "no"}, names=False),
    ("/settings/unsubscribes", "GET"): Case("/settings/unsubscribes", names=False),
    ("/settings/law", "POST"): Case("/settings/law", {"refusal_offered": "yes"}, names=False),
    ("/settings/law", "GET"): Case("/settings/law", names=False),
    ("/settings/measures", "POST"): Case(
        "/settings/measures",
        {"per_week": "3", "per_month": "8", "asks_apart_months": "12", "same_apart_days": "30", "gifts": "buyer"},
        names=False,
    ),
    ("/settings/measures", "GET"): Case("/settings/measures", names=False),
    ("/settings/left-out", "POST"): Case("/settings/left-out", {"products": "none"}, names=False),
    ("/settings/left-out", "GET"): Case("/settings/left-out", names=False),
    ("/settings/holdouts", "POST"): Case("/settings/holdouts", {"holdout_shop": "0"}, names=False),
    ("/settings/holdouts", "GET"): Case("/settings/holdouts", names=False),
    ("/pause", "POST"): Case("/pause", names=False),
    ("/resume", "POST"): Case("/resume", names=False),
}

# The same pages by other questions.
MORE_WITHOUT_ID = [
    Case("/customers?q=1401"),
    Case("/customers?q=ownquartz"),
    Case("/reviews?state=published", names=False),
    Case("/reviews?state=hidden", names=False),
    Case("/needs/unwritten", names=False),
    Case("/needs/failed", names=False),
    Case("/needs/parked", names=False),
    *(Case(f"/flows/{step}", names=False) for step in ("shipped", "delivered", "product_help", "review_request")),
    *(Case(f"/flows/{step}/preview", names=False) for step in ("product_help", "review_request")),
]

# What shoppers reach by signed links, with the statuses of a genuine one.
SHOPPER = {
    ("/r/<token>", "GET"): (Purpose.REVIEW, {200}),
    ("/r/<token>", "POST"): (Purpose.REVIEW, {303, 422}),
    ("/u/<token>", "GET"): (Purpose.UNSUBSCRIBE, {200}),
    ("/u/<token>", "POST"): (Purpose.UNSUBSCRIBE, {200, 303, 422}),
    ("/p/<token>", "GET"): (Purpose.PREFERENCES, {200}),
    ("/p/<token>", "POST"): (Purpose.PREFERENCES, {303, 422}),
    ("/c/<token>", "GET"): (Purpose.CLICK, {302, 303}),
    ("/b/<token>", "GET"): (Purpose.BUY_AGAIN, {200, 302, 303}),
    ("/o/<token>.gif", "GET"): (Purpose.OPEN, {200}),
}

# Open to everybody: they know no shop, or verify for themselves who asks.
PUBLIC = {
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/readyz/ledger", "GET"),  # counts alone, on a developer's machine alone
    ("/static/<path:filename>", "GET"),
    ("/webhooks", "POST"),  # Shopify's signature
    ("/auth", "GET"),  # Shopify's signature
    ("/auth/callback", "GET"),  # Shopify's signature and our state
    ("/auth/patch-id-token", "GET"),  # the bounce page: App Bridge gets a token there
    ("/sample/<purpose>", "GET"),  # where the links of a preview lead
}

ADMIN = WITH_ID | IGNORES_ID | WITHOUT_ID
