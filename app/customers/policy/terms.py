"""The words of the table: channels, what may be needed to write, and where a rule comes from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.customers.legal_basis import MessageClass


class Channel(StrEnum):
    """Name the ways a message can go. Only e-mail is built; rows for the others say what will hold there."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Need(StrEnum):
    """Say what has to be there before a class of message may be written, mildest first."""

    NOTHING = "nothing"  # it belongs to the sale
    CUSTOMER = "customer"  # the person bought it: they may be asked about it
    IMPLIED = "implied"  # consent, or a purchase not longer ago than the row says
    SOFT_OPT_IN = "soft_opt_in"  # consent, or a purchase at a checkout that offered to refuse
    CONSENT = "consent"  # marketing consent, nothing less
    WRITTEN = "written"  # consent given in writing for this very channel


@dataclass(frozen=True, slots=True)
class Source:
    """Name a text the table rests on. `checked` is when it was last read or looked up.

    `confirmed` is False where only a summary of it was found: whoever relies on it reads the text first.
    """

    name: str
    url: str
    checked: date
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. Empty `countries` holds where no row names the country; `why` is a sentence for the merchant.

    `lasts` is how long after a purchase an IMPLIED basis holds.
    """

    countries: frozenset[str]
    message_classes: frozenset[MessageClass]
    channel: Channel
    need: Need
    why: str
    source: Source
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the merchant has declared about their own shop; without it the stricter reading holds.

    `refusal_offered`: at checkout buyers learn that they may be written to about similar products and can refuse there,
    and whoever refuses is unsubscribed in Shopify. `asks_are_service`: in the EU outside Germany and Austria the
    merchant takes a review request to be part of the sale.
    """

    refusal_offered: bool = False
    asks_are_service: bool = False
