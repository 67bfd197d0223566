"""Tell whether an order is a gift, and whether it renews a subscription, by what the shop says of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

WORDS: Final = r"(gift|present|geschenk|cadeau|regalo|prezent|プレゼント|贈り物|ギフト)"
NAMED: Final = re.compile(WORDS, re.IGNORECASE)
IN_NOTE: Final = re.compile(
    rf"(?<!no )(?<!not a )(?<!kein )\b{WORDS}\b(?![ -]?(card|certificate|voucher|gutschein|karte))", re.IGNORECASE
)
NO: Final = frozenset({"", "no", "false", "0", "off", "nein", "non", "いいえ"})
RENEWALS: Final = frozenset({"subscription_contract", "subscription_contract_checkout_one"})  # order sources
RENEWAL_TAGS: Final = frozenset({"subscription recurring order", "subscription_recurring_order"})


def gift_by(note: str | None, attributes: Iterable[tuple[str, str]]) -> str | None:
    """Return how we know that an order is a gift: "attribute", "note", or None. `attributes` are (name, value)."""
    if any(NAMED.search(name) and value.strip().lower() not in NO for name, value in attributes):
        return "attribute"
    return "note" if note and IN_NOTE.search(note) else None


def is_renewal(source: str | None, tags: Iterable[str]) -> bool:
    """Tell whether an order was placed by a subscription and not by a person.

    `source` is where the order came from, as Shopify names it; apps that renew by themselves leave a tag.
    """
    by_tag = any(tag.strip().lower() in RENEWAL_TAGS for tag in tags)
    return (source or "").strip().lower() in RENEWALS or by_tag
