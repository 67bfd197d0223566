"""Decide whether a review is shown at once. Pure. Stars are not looked at: one star is treated as five."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.reviews.states import HeldFor, ReviewState

DOMAINS = "com|net|org|biz|xyz|ru|cn|io|co|app|dev|ly|gg|uk|eu|fr|nl|ch|pl|jp|de|рф"
WORDS = "info|shop|store|top|link|online|site|club|live|vip"  # endings that also begin a sentence after a lost blank
LINK = re.compile(
    rf"(?i:h\w\wps?\s*:\s*/|www\d?\s*\.|\b[\w-]+\.(?:{DOMAINS})\b|\b[\w-]+\.[a-z]{{2,}}/\S)"
    rf"|\b[\w-]+\.(?:{WORDS}|{WORDS.upper()})\b"
)
ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[^\W\d]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?:\+|00)?\d(?:[ ()/.-]{0,3}\d){8,}")  # longer than a date
STOPS = str.maketrans({"。": ".", "｡": ".", "․": "."})  # full stops that browsers take for dots in an address


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what happens to a review now; `decides_at` is when a waiting one publishes by itself, None for never."""

    state: ReviewState
    held_for: HeldFor | None = None
    decides_at: datetime | None = None


def judge(body: str, name: str) -> Verdict:
    """Return whether a review is published at once or waits. Links and contacts never publish by themselves."""
    words = _plain(f"{name}\n{body}")
    if LINK.search(ADDRESS.sub(" ", words)):
        return Verdict(ReviewState.PENDING, HeldFor.LINK)
    if ADDRESS.search(words) or PHONE.search(words):
        return Verdict(ReviewState.PENDING, HeldFor.CONTACT)
    return Verdict(ReviewState.PUBLISHED)


def _plain(text: str) -> str:
    """Return text as a reader takes it: full-width letters are letters, invisible signs are not there."""
    folded = unicodedata.normalize("NFKC", text).translate(STOPS)
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
