"""One line of a person's timeline, whose it is, and how far back a page of it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.customers.models import Customer
from app.orders.models import Order

PER_PAGE = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened or is planned. `at` is UTC; `when` is told by the merchant's clock once it is merged.

    `follow_up_id` is set for every message, sent or not: those answer "Why?".
    """

    at: datetime
    title: str
    detail: str = ""
    badge: str = ""
    tone: str = "neutral"
    follow_up_id: int | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class Whose:
    """Say whose timeline it is: a person's, or that of an order nobody's address is known for."""

    shop_id: int
    customer: Customer | None
    order: Order | None = None

    @property
    def customer_id(self) -> int | None:
        """Return the person's id."""
        return self.customer.id if self.customer else None

    def orders(self) -> Select[Any]:
        """Return the query of their orders' ids."""
        query = select(Order.id).where(Order.shop_id == self.shop_id)
        if self.customer is not None:
            return query.where(Order.customer_id == self.customer.id)
        return query.where(Order.id == (self.order.id if self.order else None))


@dataclass(frozen=True, slots=True)
class Span:
    """Bound what is read of the past: what lies before an instant (UTC), the newest first, so many of each kind."""

    before: datetime | None
    limit: int = PER_PAGE + 1

    def of(self, query: Any, at: Any) -> Any:
        """Return the query's rows whose instant lies in it, the newest first."""
        query = query.where(at.is_not(None)).order_by(at.desc()).limit(self.limit)
        return query if self.before is None else query.where(at < self.before)

    def holds(self, at: datetime | None) -> bool:
        """Tell whether an instant is in it."""
        return at is not None and (self.before is None or at < self.before)


def newest(entries: Iterable[Entry]) -> list[Entry]:
    """Return the newest first. Of things at the same instant the one told last came last."""
    told = sorted(enumerate(entries), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    return [entry for _, entry in told]
