"""Name what a person can choose to hear about, and what an unsubscribe stops. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """Name what a person can switch off on the preferences page, in the order it is shown there."""

    ORDER = "order"
    SHIPPING = "shipping"
    PRODUCT_HELP = "product_help"
    REVIEW_ASK = "review_ask"


EVERYTHING: Final = "all"  # a choice about everything optional at once
FREQUENCY: Final = "frequency"  # a choice how often, for everything optional together
PRODUCT: Final = "product"  # a choice about everything optional to do with one product


class AtMost(StrEnum):
    """Say how often, at most, a person wants optional messages."""

    EVERYTHING = "everything"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


OPTIONAL: Final = frozenset({Topic.PRODUCT_HELP, Topic.REVIEW_ASK})  # what an unsubscribe stops
