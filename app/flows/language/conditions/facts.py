"""Name every fact a condition may ask about, what kind of value it has, and how it can be compared. Pure.

The list is closed: what is not on it cannot be asked. A fact nobody knows about a run (no customer, no parcel) is
unknown, which no comparison holds for.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias


class Sort(StrEnum):
    """Say what kind of value a fact has."""

    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"  # several, in no order
    FLAG = "flag"


class Fact(StrEnum):
    """Name one fact. Amounts are in the shop's currency, whatever the buyer paid in; days are whole days passed."""

    ORDER_TOTAL = "order_total"  # what the order comes to now, after removals and edits
    ORDER_CURRENCY = "order_currency"  # the total's: the shop's own, as it was when the order was told
    ORDER_COUNTRY = "order_country"  # where it goes to
    ORDER_LANGUAGE = "order_language"
    ORDER_TAGS = "order_tags"
    DISCOUNT_CODES = "discount_codes"  # those the order was paid with
    ORDER_QUANTITY = "order_quantity"  # things in it, after removals and refunds
    ORDER_NUMBER = "order_number"  # 1 for the customer's first order, 2 for the second …
    ORDER_FOR_SOMEBODY_ELSE = "order_for_somebody_else"
    ORDER_PAYMENT = "order_payment"  # Shopify's word: paid, partially_refunded …
    DAYS_SINCE_ORDER = "days_since_order"
    PRODUCTS = "products"  # Shopify's numbers, as texts
    VARIANTS = "variants"
    SKUS = "skus"
    TITLES = "titles"
    COLLECTIONS = "collections"  # by handle: the last part of a collection's address
    NEEDS_SHIPPING = "needs_shipping"
    HAS_GIFT_CARD = "has_gift_card"
    SEASON = "season"  # the shop's own names of the times it is, by its calendar
    CARRIER = "carrier"
    TRACKED = "tracked"
    ARRIVED = "arrived"
    DAYS_SINCE_ARRIVAL = "days_since_arrival"
    CUSTOMER_COUNTRY = "customer_country"
    CUSTOMER_ORDERS = "customer_orders"  # all there are, this one too
    DAYS_SINCE_FIRST_ORDER = "days_since_first_order"
    DAYS_SINCE_LAST_ORDER = "days_since_last_order"
    AGREED_TO_MARKETING = "agreed_to_marketing"
    REVIEWED = "reviewed"  # anything of this order
    LOWEST_RATING = "lowest_rating"  # of the published reviews of this order; stars decide nothing before


SORTS: Final[Mapping[Fact, Sort]] = {
    Fact.ORDER_TOTAL: Sort.NUMBER,
    Fact.ORDER_CURRENCY: Sort.TEXT,
    Fact.ORDER_COUNTRY: Sort.TEXT,
    Fact.ORDER_LANGUAGE: Sort.TEXT,
    Fact.ORDER_TAGS: Sort.TEXTS,
    Fact.DISCOUNT_CODES: Sort.TEXTS,
    Fact.ORDER_QUANTITY: Sort.NUMBER,
    Fact.ORDER_NUMBER: Sort.NUMBER,
    Fact.ORDER_FOR_SOMEBODY_ELSE: Sort.FLAG,
    Fact.ORDER_PAYMENT: Sort.TEXT,
    Fact.DAYS_SINCE_ORDER: Sort.NUMBER,
    Fact.PRODUCTS: Sort.TEXTS,
    Fact.VARIANTS: Sort.TEXTS,
    Fact.SKUS: Sort.TEXTS,
    Fact.TITLES: Sort.TEXTS,
    Fact.COLLECTIONS: Sort.TEXTS,
    Fact.NEEDS_SHIPPING: Sort.FLAG,
    Fact.HAS_GIFT_CARD: Sort.FLAG,
    Fact.SEASON: Sort.TEXTS,
    Fact.CARRIER: Sort.TEXT,
    Fact.TRACKED: Sort.FLAG,
    Fact.ARRIVED: Sort.FLAG,
    Fact.DAYS_SINCE_ARRIVAL: Sort.NUMBER,
    Fact.CUSTOMER_COUNTRY: Sort.TEXT,
    Fact.CUSTOMER_ORDERS: Sort.NUMBER,
    Fact.DAYS_SINCE_FIRST_ORDER: Sort.NUMBER,
    Fact.DAYS_SINCE_LAST_ORDER: Sort.NUMBER,
    Fact.AGREED_TO_MARKETING: Sort.FLAG,
    Fact.REVIEWED: Sort.FLAG,
    Fact.LOWEST_RATING: Sort.NUMBER,
}


class Op(StrEnum):
    """Name a comparison. Texts compare without regard to case."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ONE_OF = "one_of"
    NONE_OF = "none_of"


OPS: Final[Mapping[Sort, tuple[Op, ...]]] = {
    Sort.NUMBER: (Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST),
    Sort.TEXT: (Op.IS, Op.IS_NOT, Op.ONE_OF, Op.NONE_OF),
    Sort.TEXTS: (Op.ONE_OF, Op.NONE_OF),  # any of them is there, none of them is there
    Sort.FLAG: (Op.IS,),
}
LISTS: Final = frozenset({Op.ONE_OF, Op.NONE_OF})

Value: TypeAlias = bool | int | float | str | tuple[str, ...]
Known: TypeAlias = Mapping[Fact, bool | int | Decimal | str | frozenset[str] | None]
