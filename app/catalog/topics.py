"""What each topic about products and collections means."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.catalog.collections import forget_collection, record_collection
from app.catalog.models import Product
from app.catalog.record_product import delete_product, record_product
from app.kit.rows.question import SHOP, Question, ask
from app.kit.work import entered_shop
from app.shopify.asking import fetch
from app.shopify.payloads import webhook_goods, webhook_people
from app.shopify.webhooks.apply import Delivery, Park, told_at

KNOWN: Final = Question(
    select(Product.id).where(Product.shop_id == SHOP, Product.shopify_id == bindparam("product", type_=BigInteger))
)


def product_told(session: Session, delivery: Delivery) -> None:
    """Apply products/create and update; one we do not know is fetched, since the shop header is not signed.

    Raises PayloadError for a body that cannot be used, Park where this shop has no such product.
    """
    facts = webhook_goods.product(delivery.body)
    if not _is_known(session, facts.shopify_id):
        asked = session.info["runtime"].parts["admin"](session, entered_shop(session))
        truth = fetch.product(asked, facts.shopify_id)
        if truth is None:
            raise Park("this shop has no such product")
        facts = truth
    record_product(session, facts)


def product_deleted(session: Session, delivery: Delivery) -> None:
    """Apply products/delete; raise PayloadError for a body that names none."""
    delete_product(session, webhook_people.deleted_id(delivery.body), told_at(session, delivery))


def collection_told(session: Session, delivery: Delivery) -> None:
    """Apply collections/create and update: ask what is in it now. Raises PayloadError for a body that names none."""
    keep_collection(session, webhook_goods.collection_named(delivery.body))


def keep_collection(session: Session, shopify_id: int) -> None:
    """Ask what is in a collection and keep that; forget one the shop does not have."""
    asked = session.info["runtime"].parts["admin"](session, entered_shop(session))
    facts = fetch.collection(asked, shopify_id)
    if facts is None:
        forget_collection(session, shopify_id)
    else:
        record_collection(session, facts)


def collection_deleted(session: Session, delivery: Delivery) -> None:
    """Apply collections/delete; raise PayloadError for a body that names none."""
    forget_collection(session, webhook_goods.collection_named(delivery.body))


def _is_known(session: Session, shopify_id: int) -> bool:
    (known,) = ask(session, (KNOWN, {"product": shopify_id}))
    return bool(known)
