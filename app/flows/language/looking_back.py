"""The flow that asks about orders from before: one message, counted from the day an order's turn comes. Pure.

It takes in nothing by itself (`include_from` stays empty): a campaign gives it a few orders a day. Else it is a flow
like any other, decided by the same table.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.flow import FlowDocument, Trigger
from app.flows.language.happenings import Event
from app.flows.language.presets import DAYTIME
from app.flows.language.steps import Anchor, Arrival, Step

LOOK_BACK: Final = "look_back"
ASK: Final = Step(
    key="review_request_past",
    topic=Topic.REVIEW_ASK,
    message_class=MessageClass.REVIEW_ASK,
    goal="The next buyer reads what earlier ones found, good or bad.",
    anchor=Anchor.TRIGGER,
    delay=timedelta(),
    max_age=timedelta(days=14),
    arrival=Arrival.LIKELY,
    window=DAYTIME,
    fallback=timedelta(days=90),
    template="review_request",
)
DOCUMENT: Final = FlowDocument(LOOK_BACK, "Past orders", Trigger(Event.DELIVERED), (ASK,))
