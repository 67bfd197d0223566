"""Say what is known of a person's agreement to marketing, and where it is known from. Pure, English."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.words.day_words import date_words

STATES: Final = {
    "subscribed": "Agreed to marketing",
    "unsubscribed": "Does not want marketing",
    "pending": "Has not confirmed yet that they want marketing",
    "not_subscribed": "Has not agreed to marketing",
    "invalid": "The address cannot be subscribed to marketing",
    "redacted": "What was agreed about marketing is erased at Shopify",
    "unknown": "What was agreed about marketing is not known",
}
SOURCES: Final = {
    "shopify_order": "their order at Shopify",
    "shopify_customer": "the customer's record at Shopify",
    "shopify_consent": "the person's choice at Shopify",
    "our_link": "the person, through a link in a mail",
    "preferences": "the person, on the page of choices",
    "merge": "another customer who turned out to be the same person",
    "merchant": "somebody at your shop",
}
NOTHING_SAID: Final = "Nothing is known about marketing: never asked, or never answered."


def consent_words(state: str) -> str:
    """Return what a statement means."""
    return STATES.get(state) or f"Marketing: {state.replace('_', ' ')}"


def source_words(source: str) -> str:
    """Return where a statement or a choice comes from."""
    return SOURCES.get(source) or source.replace("_", " ")


def stands_words(state: str, source: str, at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return what holds now, since when and from where: "Agreed to marketing on Tuesday 4 March (their order …)."."""
    return f"{consent_words(state)} (since {date_words(at, zone, now)}, from {source_words(source)})."
