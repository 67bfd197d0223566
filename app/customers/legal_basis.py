"""Name what a message is in the eyes of the law, and what lets us write it. Pure; the rules are in policy/."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class MessageClass(StrEnum):
    """Say what a message is in the eyes of the law; set on every step."""

    TRANSACTIONAL = "transactional"  # part of the sale; carries no promotion
    MIXED = "mixed"  # part of the sale with promotion in it: obeys the rules for marketing
    MARKETING = "marketing"
    REVIEW_ASK = "review_ask"  # classed per country


class Basis(StrEnum):
    """Name what lets us write."""

    SALE = "sale"  # the message belongs to the purchase itself
    CUSTOMER = "customer"  # asking a customer about their own purchase, where no consent is required
    CONSENT = "consent"  # the person agreed to marketing
    SOFT_OPT_IN = "soft_opt_in"  # a sale at a checkout that offered to refuse, and the person did not
    IMPLIED = "implied"  # a purchase that stands for consent for a time


NOT_A_COUNTRY: Final = frozenset({"XX", "ZZ"})  # placeholders some checkouts write for "we do not know"


def known_country(country: str | None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code in capitals, or None where there is none we can rely on."""
    code = (country or "").strip().upper()
    return code if len(code) == 2 and code.isalpha() and code.isascii() and code not in NOT_A_COUNTRY else None
