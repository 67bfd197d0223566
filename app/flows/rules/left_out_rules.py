"""Rules about what the merchant leaves out: people, orders, products, gifts. Pure; part of row 6 of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.customers.legal_basis import MessageClass
from app.flows.rules.case import Case, skip
from app.flows.rules.decision import Item, Skip
from app.flows.rules.reasons import Reason

NOBODY: Final = "nobody"
BY_PERSON: Final[Mapping[str, Reason]] = {
    "email": Reason.PERSON_EXCLUDED,
    "customer_tag": Reason.CUSTOMER_TAG_EXCLUDED,
}
BY_PRODUCT: Final[Mapping[str, Reason]] = {
    "product": Reason.PRODUCT_EXCLUDED,
    "product_tag": Reason.PRODUCT_TAG_EXCLUDED,
    "collection": Reason.COLLECTION_EXCLUDED,
}


def left_out(case: Case) -> Skip | None:
    """Return why the merchant leaves the whole of it out, None where they do not. News of the order always goes."""
    customer, order = case.facts.customer, case.facts.order
    if case.step.is_news:
        return None
    if customer.excluded is not None:
        return skip(BY_PERSON[customer.excluded], excluded_by=customer.excluded)
    if order.excluded_tag is not None:
        return skip(Reason.ORDER_TAG_EXCLUDED, tag=order.excluded_tag)
    if order.gift is not None and case.facts.bounds.gifts == NOBODY:
        asks = case.step.message_class is not MessageClass.TRANSACTIONAL or case.step.about_lines
        return skip(Reason.GIFT, known_by=order.gift) if asks else None
    return None


def product_left_out(case: Case, line: Item) -> Reason | None:
    """Return why the merchant leaves one product out of what is optional, or None."""
    return BY_PRODUCT[line.excluded] if line.excluded is not None and not case.step.is_news else None
