"""Decide whether a review is shown at once. Pure. Stars are not looked at: one star is treated as five."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.reviews.models import ReviewState

LINK = re.compile(
    r"(https?://|www\.|\b[a-z0-9-]+\.(com|net|org|info|biz|shop|store|xyz|top|ru|cn|io|co|de|uk)\b)", re.I
)
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.I)
PHONE = re.compile(r"(?:\+|00)?\d[\d ()/-]{7,}\d")


class HeldFor(StrEnum):
    """Say why a review waits for a person."""

    LINK = "contains_link"
    CONTACT = "contains_contact"  # someone's address or number: usually the writer's own, by mistake


class HiddenReason(StrEnum):
    """Name what a review may be hidden for. That it is bad is not on the list."""

    SPAM = "spam"
    PERSONAL_DATA = "personal_data"
    ABUSE = "abuse"
    NOT_ABOUT_THE_PRODUCT = "not_about_the_product"
    ILLEGAL = "illegal"
    ASKED_BY_WRITER = "asked_by_writer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what happens to a review now; `decides_at` is when a waiting one publishes by itself, None for never."""

    state: ReviewState
    held_for: HeldFor | None = None
    decides_at: datetime | None = None


def judge(body: str, name: str, now: datetime) -> Verdict:
    """Return whether a review is published at once or waits. Links never publish by themselves."""
    words = f"{name}\n{body}"
    if ADDRESS.search(words) or PHONE.search(words):
        return Verdict(ReviewState.PENDING, HeldFor.CONTACT, None)
    if LINK.search(words):
        return Verdict(ReviewState.PENDING, HeldFor.LINK, None)
    return Verdict(ReviewState.PUBLISHED)
