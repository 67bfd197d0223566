"""Say how far a replay is, what it came to, and what two versions do differently. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from app.flows.words.count_words import counted

DIFFERS: Final = {
    "added": "Sent by this version alone",
    "dropped": "Sent by the other alone",
    "earlier": "Sent earlier",
    "later": "Sent later",
}
TOO_FEW: Final = 10  # orders


def going_words(done: int, total: int | None, left: timedelta | None) -> str:
    """Return how far it is."""
    if total is None:
        return "Waiting for its turn. You can leave this page."
    rest = f", {_left(left)}" if left is not None else ""
    return f"Going through your past: {done:,} of {total:,} orders{rest}. You can leave this page."


def head_words(answer: Mapping[str, Any]) -> str:
    """Return the head figure of an answer."""
    if not answer["messages"] and not answer["not_sent"]:
        return "Nothing would have been sent."
    people = counted(answer["people"], "person", "people")
    words = f"{counted(answer['messages'], 'message')} to {people}; {sum(answer['not_sent'].values()):,} not sent."
    if answer["waiting"]:
        words += f" {counted(answer['waiting'], 'message waits', 'messages wait')} still at the end."
    if answer["capped"]:
        words += f" Room was lacking {counted(answer['capped'], 'time')}."
    return words


def base_words(answer: Mapping[str, Any]) -> str:
    """Return what the figures stand on."""
    known = f"Of all {counted(answer['orders'], 'order')} that are known."
    return f"{known} Too few to tell much: try it on yourself." if answer["orders"] < TOO_FEW else known


def _left(left: timedelta) -> str:
    minutes = math.ceil(left.total_seconds() / 60)
    return "less than a minute left" if minutes <= 1 else f"about {minutes} minutes left"
