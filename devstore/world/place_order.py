"""Place an order: a shopper checks out."""

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Customer, LineItem, Order, Shop
from devstore.world.find import find_variant
from devstore.world.pay import pay
from devstore.world.refused import Refused
from devstore.world.tell import tell_order

MOST_OF_ONE = 1000


@dataclass(frozen=True)
class Basket:
    """What is bought, and on which words: lines are (variant id or product handle, quantity)."""

    lines: list[tuple[int | str, int]]
    shipping_price: Decimal = Decimal(0)
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    gift: bool = False
    discount: tuple[str, Decimal] | None = None  # code, amount off the lines
    paid: bool = True
    test: bool = False
    locale: str | None = None
    shipping_address: dict[str, Any] | None = None  # the customer's own where absent


def place_order(session: Session, shop: Shop, customer: Customer, basket: Basket) -> Order:
    """Make the order and announce orders/create, then orders/paid unless payment is outstanding.

    Raises Refused when the basket is empty, or holds what the shop does not sell or a quantity below one.
    """
    if not basket.lines:
        raise Refused("lines", "An order needs at least one line.")
    now = store_now(session)
    numbered = update(Shop).where(Shop.id == shop.id).values(last_order_number=Shop.last_order_number + 1)
    number = session.execute(numbered.returning(Shop.last_order_number)).scalar_one()
    code = basket.discount
    address = basket.shipping_address or customer.address
    order = Order(
        shop_id=shop.id,
        order_number=number,
        token=secrets.token_hex(16),
        customer_id=customer.id,
        email=customer.email,
        phone=customer.phone,
        customer_locale=basket.locale or customer.locale,
        accepts_marketing=customer.email_consent == "subscribed",
        currency=shop.currency,
        note=basket.note,
        note_attributes=[{"name": "Gift", "value": "yes"}] if basket.gift else [],
        tags=[*basket.tags, "gift"] if basket.gift else list(basket.tags),
        discount_codes=[{"code": code[0], "amount": f"{code[1]:.2f}", "type": "fixed_amount"}] if code else [],
        total_discounts=code[1] if code else Decimal(0),
        shipping_price=basket.shipping_price,
        billing_address=customer.address,
        test=basket.test,
        processed_at=now,
        created_at=now,
        updated_at=now,
    )
    session.add(order)
    session.flush()
    for position, (key, quantity) in enumerate(basket.lines, start=1):
        add_line(session, shop, order, key, quantity, position)
    session.flush()
    if any(line.requires_shipping for line in session.query(LineItem).filter_by(order_id=order.id)):
        order.shipping_address = address
    else:
        order.shipping_price = Decimal(0)
    customer.last_order_id = order.id
    tell_order(session, order, "orders/create")
    if basket.paid:
        pay(session, order)
    return order


def add_line(session: Session, shop: Shop, order: Order, key: int | str, quantity: int, position: int) -> LineItem:
    """Add one line at today's price. Raises Refused for a wrong quantity or an unknown variant."""
    if not 1 <= quantity <= MOST_OF_ONE:
        raise Refused("quantity", f"Quantity must be 1 to {MOST_OF_ONE}. You entered {quantity}.")
    variant, product = find_variant(session, shop, key)
    line = LineItem(
        shop_id=shop.id,
        order_id=order.id,
        position=position,
        product_id=product.id,
        variant_id=variant.id,
        title=product.title,
        variant_title=None if variant.title == "Default Title" else variant.title,
        sku=variant.sku,
        vendor=product.vendor,
        quantity=quantity,
        current_quantity=quantity,
        price=variant.price,
        grams=variant.grams,
        requires_shipping=variant.requires_shipping,
        gift_card=variant.gift_card,
        taxable=variant.taxable,
    )
    session.add(line)
    return line
