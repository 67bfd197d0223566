"""Find what an action is about, or refuse in words."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.state.models import Base, LineItem, Order, Product, Shop, Variant
from devstore.world.refused import Refused

Owned = TypeVar("Owned", bound=Base)


def find_shop(session: Session, handle: str) -> Shop:
    """Return the shop by its bare name or its domain."""
    shop = session.scalar(select(Shop).where(Shop.handle == handle.removesuffix(".myshopify.com")))
    if shop is None:
        raise Refused("shop", f"There is no shop called {handle}.")
    return shop


def find_in(session: Session, shop: Shop, kind: type[Owned], number: int, field: str) -> Owned:
    """Return one thing of the shop by id; another shop's counts as absent."""
    found = session.get(kind, number)
    if found is None or getattr(found, "shop_id", None) != shop.id:
        raise Refused(field, f"There is no {kind.__name__.lower()} {number} in {shop.handle}.")
    return found


def find_order(session: Session, shop: Shop, key: int | str) -> Order:
    """Return an order by id, by number (1001) or by name (#1001)."""
    text = str(key).removeprefix("#")
    if not text.isdigit() or len(text) > 18:
        raise Refused("order", f"{key} is neither an order's id nor its number.")
    number = int(text)
    order = session.scalar(
        select(Order).where(Order.shop_id == shop.id, (Order.id == number) | (Order.order_number == number))
    )
    if order is None:
        raise Refused("order", f"There is no order {key} in {shop.handle}.")
    return order


def lines_of(session: Session, order: Order) -> list[LineItem]:
    """Return the order's lines in their order."""
    return list(
        session.scalars(select(LineItem).where(LineItem.order_id == order.id).order_by(LineItem.position, LineItem.id))
    )


def find_variant(session: Session, shop: Shop, key: int | str) -> tuple[Variant, Product]:
    """Return a variant and its product by variant id, or the first variant of a product's handle."""
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id).where(Variant.shop_id == shop.id)
    if isinstance(key, int) or key.isdecimal():
        query = query.where(Variant.id == (int(key) if abs(int(key)) < 2**63 else 0))  # none has such a number
    else:
        query = query.where(Product.handle == key).order_by(Variant.position)
    found = session.execute(query.limit(1)).first()
    if found is None:
        raise Refused("lines", f"{shop.handle} sells no {key}.")
    return found[0], found[1]
