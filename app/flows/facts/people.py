"""Say who an order is for, as the merchant knows them."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, select

from app.customers.models import Customer
from app.flows.models import FollowUp
from app.messages.models import Message
from app.orders.models import Order

ERASED = "An erased person"
Told = TypeVar("Told", FollowUp, Message)


def its_buyer() -> ColumnElement[bool]:
    """Return what joins an order to its buyer; an outer join keeps orders nobody is known behind."""
    return and_(Customer.shop_id == Order.shop_id, Customer.id == Order.customer_id)


def with_buyer(table: type[Told]) -> Select[Told, Order, Customer]:
    """Return the query for rows about an order, each with that order and its buyer, None where nobody is known."""
    order = and_(Order.shop_id == table.shop_id, Order.id == table.order_id)
    return select(table, Order, Customer).join(Order, order).join(Customer, its_buyer(), isouter=True)


def full_name(customer: Customer | None, order: Order) -> str:
    """Return "Ana Ferreira"; the recipient of the parcel, or the order's number, where no name is known."""
    if customer is not None:
        return person_name(customer, order)
    return order.recipient_name or f"the buyer of {order.name}"


def person_name(customer: Customer, order: Order | None) -> str:
    """Return the same for a person who may have ordered nothing; the address where there is no name at all."""
    if customer.erased_at is not None:
        return ERASED
    names = [name for name in (customer.first_name, customer.last_name) if name]
    if names or order is None:
        return " ".join(names) or customer.email or "A customer without a name"
    return full_name(None, order)


def first_name(customer: Customer | None, order: Order) -> str:
    """Return "Ana", or the fullest name there is."""
    known = customer.first_name if customer is not None and customer.erased_at is None else None
    return known or full_name(customer, order)
