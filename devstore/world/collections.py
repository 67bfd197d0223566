"""Add, change and delete collections, and know what is in one."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Collection, Product, Shop, gid
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.collection import collection_body
from devstore.world.refused import Refused

CHANGEABLE = ("title", "handle", "rule_tag")


def holds(collection: Collection, product: Product) -> bool:
    """Tell whether a product is in a collection: chosen, or by its tag."""
    by_rule = collection.rule_tag is not None and collection.rule_tag in product.tags
    return by_rule or product.id in collection.product_ids


def create_collection(session: Session, shop: Shop, facts: dict[str, Any], products: Sequence[Product]) -> Collection:
    """Make a collection and announce collections/create. Raises Refused when the handle is taken."""
    _free(session, shop, facts["handle"])
    now = store_now(session)
    made = Collection(
        shop_id=shop.id, product_ids=[one.id for one in products], created_at=now, updated_at=now, **facts
    )
    session.add(made)
    session.flush()
    announce(session, shop, "collections/create", collection_body(made, shop))
    return made


def change_collection(
    session: Session,
    shop: Shop,
    collection: Collection,
    facts: dict[str, Any],
    add: Iterable[Product] = (),
    remove: Iterable[Product] = (),
) -> None:
    """Change facts, put products in and take others out, and announce collections/update once. Raises Refused."""
    if "handle" in facts and facts["handle"] != collection.handle:
        _free(session, shop, facts["handle"])
    for key, value in facts.items():
        setattr(collection, key, value)
    gone = {one.id for one in remove}
    kept = [number for number in collection.product_ids if number not in gone]
    collection.product_ids = [*kept, *(one.id for one in add if one.id not in kept)]
    collection.updated_at = store_now(session)
    announce(session, shop, "collections/update", collection_body(collection, shop))


def choose_on_product(session: Session, shop: Shop, product: Product, handles: Sequence[str]) -> None:
    """Set from the product's own page which collections it was chosen for: no collection is announced as changed.

    Raises Refused for a collection that does not exist.
    """
    every = {one.handle: one for one in session.scalars(select(Collection).where(Collection.shop_id == shop.id))}
    for handle in handles:
        if handle not in every:
            raise Refused("collections", f"There is no collection called {handle}.")
    for handle, one in every.items():
        kept = [number for number in one.product_ids if number != product.id]
        one.product_ids = [*kept, product.id] if handle in handles else kept


def delete_collection(session: Session, shop: Shop, collection: Collection) -> None:
    """Delete a collection; its products stay. Announces collections/delete, which names it and no more."""
    told = {"id": collection.id, "published_scope": "web", "admin_graphql_api_id": gid("Collection", collection.id)}
    session.delete(collection)
    session.flush()
    announce(session, shop, "collections/delete", told)


def _free(session: Session, shop: Shop, handle: str) -> None:
    if session.scalar(select(Collection.id).where(Collection.shop_id == shop.id, Collection.handle == handle)):
        raise Refused("handle", f"There is a collection called {handle} already.")
