"""The mails Welltimed brings along: what each is and what it cannot do without. Pure; their words are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic

SENDER: Final = ("shop.name", "shop.email", "order.name", "lines.title")


@dataclass(frozen=True, slots=True)
class Preset:
    """Describe one mail. `required` are paths of MailContext without which it is not sent.

    `is_notice`: a machine's report of a fact (Auto-Submitted, RFC 3834); the others stand for a letter from the shop.
    `arms` are its subjects where it has several, drawn by customer from the first mail on.
    `topic` is the one topic it can be sent under, where it cannot be written or switched off under another.
    """

    name: str
    required: tuple[str, ...]
    is_notice: bool = False
    arms: tuple[str, ...] = ()
    topic: Topic | None = None


PRESETS: Final = {
    preset.name: preset
    for preset in (
        Preset("thank_you", SENDER),
        Preset("shipped", SENDER, is_notice=True),
        Preset("delivered", SENDER, is_notice=True),
        Preset("product_help", SENDER, topic=Topic.PRODUCT_HELP),
        Preset(
            "review_request",
            (*SENDER, "links.review", "links.unsubscribe"),
            arms=("A", "B"),
            topic=Topic.REVIEW_ASK,
        ),
    )
}
# An ask is no part of the sale: under another class it would need no basis, and nobody could stop it.
CLASSES: Final = {Topic.REVIEW_ASK: frozenset({MessageClass.REVIEW_ASK})}
