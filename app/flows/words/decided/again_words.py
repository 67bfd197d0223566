"""Say what planning a message once more would do. Pure, English. Keys are the kinds of deeds that are ways back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ASKS: Final[Mapping[str, str]] = {
    "sent_again": "Whether this left is not known. Sent again, {person} may get it twice.",
    "planned_again": "This ended unsent. Planned again, every rule is asked anew.",
}
BUTTONS: Final[Mapping[str, str]] = {"sent_again": "Send again", "planned_again": "Plan again"}
OPENS: Final[Mapping[str, str]] = {"sent_again": "Decide", "planned_again": "Plan again"}
GOES: Final = "Every rule lets it go now: it leaves within a minute."
DONE: Final = "Planned again: it leaves within a minute."
NOTHING: Final = "There is nothing to decide here any more. Load the page again to see what became of it."
LEFT: Final = "Left as it is. It is not listed under what needs you any more."


def asks_words(kind: str, person: str) -> str:
    """Return what the merchant is asked."""
    return ASKS[kind].format(person=person or "the customer")


def foreseen_words(outcome: str, sentence: str) -> str:
    """Return what would come of it, by what the rules say now: send, skip, postpone or hold."""
    if outcome == "send":
        return GOES
    return f"It would not go: {sentence}" if outcome == "skip" else f"It would wait: {sentence}"


def done_words(outcome: str, sentence: str) -> str:
    """Return what came of it."""
    if outcome == "send":
        return DONE
    return f"It was not planned again. {sentence}" if outcome == "skip" else f"Planned again, and waits: {sentence}"
