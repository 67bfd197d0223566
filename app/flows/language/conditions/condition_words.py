"""Say conditions and what was found in English, for the merchant. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.flows.language.conditions.facts import SORTS, Fact, Op, Sort, Value
from app.flows.language.conditions.judge import Compare, Condition, Every, Finding, Not, Some

LABELS: Final = {
    Fact.ORDER_TOTAL: "the order's total in the shop's currency",
    Fact.ORDER_CURRENCY: "the shop's currency",
    Fact.ORDER_COUNTRY: "the country it goes to",
    Fact.ORDER_LANGUAGE: "the order's language",
    Fact.ORDER_TAGS: "a tag of the order",
    Fact.DISCOUNT_CODES: "a discount code of the order",
    Fact.ORDER_QUANTITY: "the number of things in the order",
    Fact.ORDER_NUMBER: "which order of the customer it is",
    Fact.ORDER_PAYMENT: "the payment",
    Fact.DAYS_SINCE_ORDER: "days since the order",
    Fact.PRODUCTS: "a product in the order",
    Fact.VARIANTS: "a variant in the order",
    Fact.SKUS: "a SKU in the order",
    Fact.TITLES: "a title in the order",
    Fact.COLLECTIONS: "a collection of something in the order",
    Fact.SEASON: "the season",
    Fact.CARRIER: "the carrier",
    Fact.DAYS_SINCE_ARRIVAL: "days since it arrived",
    Fact.CUSTOMER_COUNTRY: "the customer's country",
    Fact.CUSTOMER_ORDERS: "the customer's orders",
    Fact.DAYS_SINCE_FIRST_ORDER: "days since the customer's first order",
    Fact.DAYS_SINCE_LAST_ORDER: "days since the customer's last order",
    Fact.LOWEST_RATING: "the lowest rating published",
}
FLAGS: Final = {
    Fact.ORDER_FOR_SOMEBODY_ELSE: ("it goes to somebody else", "it goes to the buyer"),
    Fact.NEEDS_SHIPPING: ("something has to be shipped", "nothing has to be shipped"),
    Fact.HAS_GIFT_CARD: ("a gift card is in it", "no gift card is in it"),
    Fact.TRACKED: ("the parcel is tracked", "the parcel is not tracked"),
    Fact.ARRIVED: ("the parcel has arrived", "the parcel has not arrived"),
    Fact.AGREED_TO_MARKETING: ("the customer has agreed to marketing", "the customer has not agreed to marketing"),
    Fact.REVIEWED: ("something of it was reviewed", "nothing of it was reviewed"),
}
COMPARED: Final = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.AT_LEAST: "is at least",
    Op.AT_MOST: "is at most",
    Op.ONE_OF: "is one of",
    Op.NONE_OF: "is none of",
}


def condition_words(condition: Condition) -> str:
    """Return "the number of things in the order is at least 2 and the country it goes to is one of DE, AT"."""
    match condition:
        case Compare():
            return _compare_words(condition.fact, condition.op, condition.value)
        case Every():
            return " and ".join(_inner(each) for each in condition.of)
        case Some():
            return " or ".join(_inner(each) for each in condition.of)
        case Not():
            return f"not ({condition_words(condition.of)})"


def finding_words(finding: Finding) -> str:
    """Return what was found: "the country it goes to is GB"."""
    if finding.found is None:
        name = LABELS.get(finding.fact) or f"whether {FLAGS[finding.fact][0]}"
        return f"{name} is not known"
    if isinstance(finding.found, frozenset):
        there = ", ".join(sorted(finding.found)) or "none"
        return f"{LABELS[finding.fact]} is {there}"
    if SORTS[finding.fact] is Sort.FLAG:
        return FLAGS[finding.fact][0 if finding.found is True else 1]
    return f"{LABELS[finding.fact]} is {_plain(finding.found)}"


def _inner(condition: Condition) -> str:
    words = condition_words(condition)
    return f"({words})" if isinstance(condition, Every | Some) and len(condition.of) > 1 else words


def _compare_words(fact: Fact, op: Op, value: Value) -> str:
    if SORTS[fact] is Sort.FLAG:
        return FLAGS[fact][0 if value is True else 1]
    shown = ", ".join(value) if isinstance(value, tuple) else _plain(value)
    return f"{LABELS[fact]} {COMPARED[op]} {shown}"


def _plain(value: object) -> str:
    if isinstance(value, Decimal | float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
