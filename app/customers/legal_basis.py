"""Decide whether the law lets us write: message class × country × consent. Pure.

First form of the table: a review request is advertising in Germany (BGH, 10 July 2018, VI ZR 225/17) and Austria and
needs agreement there; elsewhere a customer may be asked about what they bought. Promotion needs agreement everywhere.
"""

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


REVIEW_ASK_NEEDS_CONSENT: Final = frozenset({"DE", "AT"})
NOT_A_COUNTRY: Final = frozenset({"XX", "ZZ"})  # placeholders some checkouts write for "we do not know"


def known_country(country: str | None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code in capitals, or None where there is none we can rely on."""
    code = (country or "").strip().upper()
    return code if len(code) == 2 and code.isalpha() and code.isascii() and code not in NOT_A_COUNTRY else None


def legal_basis(message_class: MessageClass, country: str | None, *, agreed: bool) -> Basis | None:
    """Return what lets us send this class to this country, or None.

    `country` is the recipient's; `agreed` is marketing consent as it stands now. Where the country is unknown the
    strictest country's rule holds.
    """
    if message_class is MessageClass.TRANSACTIONAL:
        return Basis.SALE
    if agreed:
        return Basis.CONSENT
    code = known_country(country)
    if message_class is MessageClass.REVIEW_ASK and code is not None and code not in REVIEW_ASK_NEEDS_CONSENT:
        return Basis.CUSTOMER
    return None
