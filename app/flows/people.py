"""Say who an order is for, as the merchant knows them."""

from __future__ import annotations

from app.customers.models import Customer
from app.orders.models import Order


def full_name(customer: Customer | None, order: Order) -> str:
    """Return "Ana Ferreira"; the recipient of the parcel, or the order's number, where no name is known."""
    if customer is not None and customer.erased_at is not None:
        return "An erased person"
    names = [name for name in (customer.first_name, customer.last_name) if name] if customer is not None else []
    return " ".join(names) or order.recipient_name or f"the buyer of {order.name}"


def first_name(customer: Customer | None, order: Order) -> str:
    """Return "Ana", or the fullest name there is."""
    known = customer.first_name if customer is not None and customer.erased_at is None else None
    return known or full_name(customer, order)
