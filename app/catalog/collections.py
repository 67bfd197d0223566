"""Know which collections a product is in, by what the shop says of either.

A collection's webhook tells that products were put in or taken out by hand, but not which: they are asked for. That a
product came to match a collection's rules, or was put in from its own page, no collection's webhook tells: the product
changed then, and the next pass reads it with its collections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.shopify.payloads.goods import CollectionFacts

Listed = Iterable[tuple[int, str]]
LINE: Final = "\n"


def listed(collections: Listed) -> str:
    """Return (id, handle) pairs as they are kept."""
    return LINE.join(f"{number} {handle}" for number, handle in sorted(collections))


def handles(kept: str | None) -> frozenset[str] | None:
    """Return the handles of what is kept, None where it is not known."""
    return None if kept is None else frozenset(handle for _, handle in _pairs(kept))


def collections_of(session: Session, shopify_ids: Sequence[int]) -> Mapping[int, frozenset[str] | None]:
    """Return by product the handles of its collections; None where nobody told, and no entry for one we never saw."""
    rows = session.execute(
        select(Product.shopify_id, Product.collections).where(
            Product.shop_id == entered_shop(session), among(Product.shopify_id, shopify_ids)
        )
    )
    return {row.shopify_id: handles(row.collections) for row in rows}


def known_handles(session: Session, most: int) -> list[str]:
    """Return handles of the shop's collections, as far as anything it sells is in one, by the alphabet."""
    kept = select(Product.collections).where(
        Product.shop_id == entered_shop(session), Product.collections != "", Product.deleted_at.is_(None)
    )
    found = frozenset().union(*(handles(each) or () for each in session.scalars(kept.distinct())))
    return sorted(found)[:most]


def known_ids(session: Session) -> frozenset[int]:
    """Return Shopify's ids of all collections any product is in, as far as kept."""
    kept = select(Product.collections).where(Product.shop_id == entered_shop(session), Product.collections != "")
    return frozenset(number for each in session.scalars(kept.distinct()) for number, _ in _pairs(each or ""))


def untold(session: Session, most: int) -> list[Product]:
    """Return some of the products whose collections nobody told us yet, locked."""
    query = (
        select(Product)
        .where(Product.shop_id == entered_shop(session), Product.collections.is_(None), Product.deleted_at.is_(None))
        .order_by(Product.id)
        .limit(most)
        .with_for_update()
    )
    return list(session.scalars(query))


def record_collection(session: Session, facts: CollectionFacts) -> None:
    """Put a collection into the products it holds, under its handle of today, and take it out of all others.

    A product of which not all collections are known stays so.
    """
    for product in _touched(session, facts.shopify_id, sorted(facts.products)):
        others = _without(product, facts.shopify_id)
        mine = [(facts.shopify_id, facts.handle)] if product.shopify_id in facts.products else []
        product.collections = listed([*others, *mine])


def forget_collection(session: Session, shopify_id: int) -> None:
    """Take a deleted collection out of every product."""
    for product in _touched(session, shopify_id, ()):
        product.collections = listed(_without(product, shopify_id))


def _touched(session: Session, shopify_id: int, holds: Sequence[int]) -> Iterable[Product]:
    """Return the products that are in a collection, as far as kept, or are to be, locked in the order of their ids."""
    said = func.concat(LINE, Product.collections).contains(f"{LINE}{shopify_id} ", autoescape=True)
    query = (
        select(Product)
        .where(
            Product.shop_id == entered_shop(session),
            Product.collections.is_not(None),
            or_(said, among(Product.shopify_id, holds)),
        )
        .order_by(Product.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query)


def _without(product: Product, shopify_id: int) -> list[tuple[int, str]]:
    return [each for each in _pairs(product.collections or "") if each[0] != shopify_id]


def _pairs(kept: str) -> list[tuple[int, str]]:
    return [(int(number), handle) for line in kept.split(LINE) if line for number, _, handle in [line.partition(" ")]]
