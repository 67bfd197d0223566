"""Say what a person chose about mail, for the merchant. Pure, English."""

from __future__ import annotations

from typing import Final

from app.customers.wish_topics import EVERYTHING, FREQUENCY, PRODUCT, AtMost, Topic
from app.flows.words.people.consent_words import source_words
from app.flows.words.people.who_words import who_words

TOPICS: Final = {
    EVERYTHING: "all optional messages",
    Topic.ORDER: "thanks for an order",
    Topic.SHIPPING: "news of parcels",
    Topic.PRODUCT_HELP: "product help",
    Topic.REVIEW_ASK: "review requests",
}
OFTEN: Final = {
    AtMost.EVERYTHING: "Optional messages as they come",
    AtMost.WEEKLY: "At most one optional message a week",
    AtMost.MONTHLY: "At most one optional message a month",
}


def choice_words(topic: str, value: str, product: str) -> str:
    """Return what a choice was; `product` is its title, for a choice about one."""
    if topic == FREQUENCY:
        return next((words for often, words in OFTEN.items() if often == value), f"How often: {value}")
    if topic == PRODUCT:
        return f"Nothing more about {product}" if value == "off" else f"Mails about {product} again"
    named = TOPICS.get(topic, topic)
    if value == "paused":
        return f"Paused {named}"
    if value == "resumed":
        return f"Resumed {named}"
    return f"Switched {named} {value}"


def chooser_words(source: str, done_by: str | None) -> str:
    """Return who chose: whoever it was at the shop, else where the choice comes from."""
    return who_words(done_by) if done_by is not None else source_words(source)
