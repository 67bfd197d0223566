"""Say what became of a message once it was being handed over. Pure, English. Keys are the states messages are kept in.

Whoever never got an answer from the mail server is never written to twice by itself: every page says it like that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

UNANSWERED: Final = "The mail server never answered"
MAY_HAVE_LEFT: Final = "may or may not have left"
LEFT_BEFORE: Final = "Whether it left before that is not known."  # refused for good when somebody had it sent again

# What a list shows beside a message: words and tone.
BADGES: Final[Mapping[str, tuple[str, str]]] = {
    "planned": ("Being sent", "info"),
    "sending": ("Being sent", "info"),
    "accepted": ("Sent", "success"),
    "rejected": ("Refused", "critical"),
    "unknown": ("May have left", "warning"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "sending": "It is being handed over right now.",
    "accepted": "The mail server took it.",
    "rejected": "The mail server refused it for good.",
    "unknown": "Whether it left is not known: the mail server never answered. It is never sent twice by itself.",
}


def outcome_words(state: str) -> str:
    """Return a sentence; "" for a message that only waits for its turn."""
    return OUTCOMES.get(state, "")
