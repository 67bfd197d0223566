"""Decide whether a review is shown at once, and what of a held one is shown when nobody decides.

Pure. Stars are not looked at: one star is treated as five.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

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

DECIDES_AFTER: Final = timedelta(days=14)  # a held review is published then, without what it was held for
LEFT_OUT: Final = "[…]"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what happens to a review now, and why it waits where it does."""

    state: ReviewState
    held_for: HeldFor | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a review says, and the name it is shown under."""

    body: str
    name: str


def judge(body: str, name: str) -> Verdict:
    """Return whether a review is published at once or waits. Links and contacts never publish by themselves."""
    words = _plain(f"{name}\n{body}")
    if LINK.search(ADDRESS.sub(" ", words)):
        return Verdict(ReviewState.PENDING, HeldFor.LINK)
    if ADDRESS.search(words) or PHONE.search(words):
        return Verdict(ReviewState.PENDING, HeldFor.CONTACT)
    return Verdict(ReviewState.PUBLISHED)


def without_ways_out(body: str, name: str) -> Words:
    """Return the words that may be shown though nobody decided: as few as will do are left out of a held review.

    Whatever was typed, `judge` publishes what is returned.
    """
    cut = "\n".join(_line(line) for line in body.splitlines())
    named = name if _is_free("", name) else ""
    if _is_free(cut, named):
        return Words(cut, named)
    return Words(cut if _is_free(cut, "") else LEFT_OUT, "")


def _line(line: str) -> str:
    """Return a line without the words that hold it, or without all of them where it is held by several together."""
    if _is_free(line, ""):
        return line
    cut = " ".join(word if _is_free(word, "") else LEFT_OUT for word in _plain(line).split())
    return cut if _is_free(cut, "") else LEFT_OUT


def _is_free(body: str, name: str) -> bool:
    return judge(body, name).state is ReviewState.PUBLISHED


def _plain(text: str) -> str:
    """Return text as a reader takes it: full-width letters are letters, invisible signs are not there."""
    folded = unicodedata.normalize("NFKC", text).translate(STOPS)
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
