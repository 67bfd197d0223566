"""Gather what the merchant leaves out: by product, by tag, by person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.catalog.collections import handles
from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.rules.decision import Item
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.models import Order
from app.shops.left_out import LeftOut, first_of, names

PRODUCT: Final = "product"
PRODUCT_TAG: Final = "product_tag"
COLLECTION: Final = "collection"
EMAIL: Final = "email"
CUSTOMER_TAG: Final = "customer_tag"


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Answer by what an order, a person or a product is left out. `products` are Shopify's ids."""

    rules: LeftOut
    products: dict[int, str]

    def tag_of(self, order: Order) -> str | None:
        """Return the order's tag by which it is left out, or None."""
        return first_of(order.tags.split(","), names(self.rules.order_tags)) if self.rules.order_tags else None

    def of_person(self, customer: Customer | None, address: str | None) -> str | None:
        """Return by what the person is left out, or None."""
        if address is not None and self.rules.emails and address.lower() in names(self.rules.emails):
            return EMAIL
        tags = customer.tags.split(",") if customer is not None and self.rules.customer_tags else ()
        return CUSTOMER_TAG if first_of(tags, names(self.rules.customer_tags)) else None


def exclusions(session: Session, rules: LeftOut, items: Iterable[Sequence[Item]]) -> Exclusions:
    """Return what is left out of these follow-ups; a shop that leaves nothing out is asked nothing."""
    if not by_product(rules):
        return Exclusions(rules, {})
    ids = sorted({item.product_id for some in items for item in some if item.product_id is not None})
    return Exclusions(rules, products_left_out(session, rules, among(Product.shopify_id, ids)))


def by_product(rules: LeftOut) -> bool:
    """Say whether any product is left out, by whatever name."""
    return bool(rules.products or rules.product_tags or rules.collections)


def products_left_out(session: Session, rules: LeftOut, which: ColumnElement[bool]) -> dict[int, str]:
    """Return by what each of the shop's products is left out, by Shopify's id; `which` says of which ones."""
    rows = session.execute(
        select(Product.shopify_id, Product.handle, Product.tags, Product.collections).where(
            Product.shop_id == entered_shop(session), which
        )
    )
    ours, tags, collections = names(rules.products), names(rules.product_tags), names(rules.collections)
    found: dict[int, str] = {}
    for row in rows:
        if row.handle.lower() in ours:
            found[row.shopify_id] = PRODUCT
        elif first_of(row.tags.split(","), tags):
            found[row.shopify_id] = PRODUCT_TAG
        elif first_of(handles(row.collections) or (), collections):
            found[row.shopify_id] = COLLECTION
    return found
