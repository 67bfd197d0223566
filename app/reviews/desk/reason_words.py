"""Say to the merchant why a review waits, and for what one may be hidden. Pure, English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.reviews.states import HeldFor, HiddenReason

HELD: Final[Mapping[str, str]] = {
    HeldFor.LINK: "Waits for you because there is a link in it.",
    HeldFor.CONTACT: "Waits for you because there is an address or a number in it, usually the writer's own.",
}
WITHOUT: Final[Mapping[str, str]] = {
    HeldFor.LINK: "the link",
    HeldFor.CONTACT: "the address or number",
}
REASONS: Final[Mapping[str, str]] = {
    HiddenReason.SPAM: "It advertises something else",
    HiddenReason.PERSONAL_DATA: "It tells who somebody is or how to reach them",
    HiddenReason.ABUSE: "It insults or threatens somebody",
    HiddenReason.NOT_ABOUT_THE_PRODUCT: "It is not about the product",
    HiddenReason.ILLEGAL: "The law does not allow it",
    HiddenReason.ASKED_BY_WRITER: "The writer asked for it to be taken down",
}
WHY_NOT_STARS: Final = (
    "A low rating is not on the list. The next buyer decides by what this one found, and how many are hidden stands"
    " beside the stars."
)


def held_words(held_for: str | None) -> str:
    """Return why a review waits for a person."""
    return HELD.get(held_for or "", "Waits for you.")


def published_words(held_for: str | None) -> str:
    """Return how a review came to be published, where nobody decided; "" for the others."""
    what = WITHOUT.get(held_for or "")
    return f"Published by itself after 14 days, without {what} in it: that reads […] now." if what else ""


def hidden_words(reason: str | None) -> str:
    """Return for what a review is hidden."""
    words = REASONS.get(reason or "")
    return f"Hidden: {words[0].lower()}{words[1:]}." if words else "Hidden."
