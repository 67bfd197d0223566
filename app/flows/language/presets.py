"""The flows a new shop starts with. Pure.

"Classic five": two flows shown as one list. One run of the order flow is about an order, one of the parcel flow about a
single fulfilment. Timing follows the common post-purchase rhythm: thanks at once, news as it happens, a pause after
delivery, then help, then the question.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.flow import FlowDocument, Trigger
from app.flows.language.forms import FIRST_NAMES
from app.flows.language.happenings import Event
from app.flows.language.steps import Anchor, Arrival, Step, StepState
from app.flows.language.window import SendWindow

PRESET_FLOWS: Final = ("order", "parcel")  # as they are shown
DAYTIME: Final = SendWindow(9, 20)
# After so long on the way unreported a parcel is taken to be there; a merchant with slow lanes sets more. Each step
# keeps its own distance from that day, so that help and the request never come together.
UNREPORTED: Final = timedelta(days=14)
LATEST: Final = UNREPORTED + timedelta(days=7)  # after fulfilment; by then nobody calls it on its way


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def classic_five(*, shopify_sends_shipping_mails: bool) -> tuple[FlowDocument, FlowDocument]:
    """Return the order flow and the parcel flow, in the order they are shown.

    Where Shopify already sends its shipping mails, ours for shipped and delivered start as "Left to Shopify".
    """
    news = StepState.LEFT_TO_SHOPIFY if shopify_sends_shipping_mails else StepState.ON
    thank_you = Step(
        key="thank_you",
        topic=Topic.ORDER,
        message_class=MessageClass.TRANSACTIONAL,
        goal="The buyer knows that a person is on it and where to turn with a question.",
        anchor=Anchor.ORDER_PLACED,
        delay=_days(0),
        max_age=_days(2),
    )
    shipped = Step(
        key="shipped",
        topic=Topic.SHIPPING,
        message_class=MessageClass.TRANSACTIONAL,
        goal="The buyer knows what is on its way and where to see it.",
        anchor=Anchor.SHIPPED,
        delay=_days(0),
        max_age=_days(3),
        state=news,
    )
    delivered = Step(
        key="delivered",
        topic=Topic.SHIPPING,
        message_class=MessageClass.TRANSACTIONAL,
        goal="The buyer looks for the parcel the day it arrives, and says so if it is not there.",
        anchor=Anchor.DELIVERED,
        delay=_days(0),
        max_age=_days(3),
        arrival=Arrival.KNOWN,
        fallback=LATEST,
        state=news,
    )
    product_help = Step(
        key="product_help",
        topic=Topic.PRODUCT_HELP,
        message_class=MessageClass.TRANSACTIONAL,
        goal="The product works in its first week, so fewer come back.",
        anchor=Anchor.DELIVERED,
        delay=_days(3),
        max_age=_days(14),
        arrival=Arrival.LIKELY,
        window=DAYTIME,
        fallback=UNREPORTED + _days(3),
    )
    review_request = Step(
        key="review_request",
        topic=Topic.REVIEW_ASK,
        message_class=MessageClass.REVIEW_ASK,
        goal="The next buyer reads what this one found, good or bad.",
        anchor=Anchor.DELIVERED,
        delay=_days(7),
        max_age=_days(21),
        arrival=Arrival.LIKELY,
        window=DAYTIME,
        fallback=LATEST,
    )
    return (
        FlowDocument("order", FIRST_NAMES["order"], Trigger(Event.PLACED), (thank_you,)),
        FlowDocument(
            "parcel",
            FIRST_NAMES["parcel"],
            Trigger(Event.SHIPPED),
            (shipped, delivered, product_help, review_request),
        ),
    )
