"""How we learned of something: by webhook or by asking, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WEBHOOK, RECONCILE = "webhook", "reconcile"  # a reconciliation saw the whole object: what it lacks is gone


@dataclass(frozen=True, slots=True)
class Told:
    """Say where a fact came from. `at` is the source's instant for things the source does not date itself."""

    source: str  # webhook | reconcile
    at: datetime
    received_at: datetime
    prompted: bool = False  # we asked because a webhook told us to: without it we would not know yet
    paid_at: datetime | None = None  # when an orders/paid says it was, where it is the first we hear of the order


@dataclass(frozen=True, slots=True)
class BuyerChanged:
    """Say that the shop names another buyer of an order than was known (our id of that one)."""

    order_id: int
    before_id: int


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """Say that something about an order changed: flows plan anew, whatever it was."""

    order_id: int
