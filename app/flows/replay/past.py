"""Hold what was read of a shop's past: orders as they were learned of, people's words, flows and settings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.customers.ledger import Statement, holds
from app.customers.models import Customer, Preference, Suppression
from app.customers.wishes import Wishes, reduced
from app.experiments.hold_out import Share
from app.flows.facts.gather_left_out import Exclusions
from app.flows.language.flow import FlowDocument
from app.flows.models import Flow
from app.orders.models import Order
from app.reviews.models import Review
from app.shops.settings import Stored

Changed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class OrderPast:
    """Hold one order: its row as it is now, and what was learned of it when, the oldest first."""

    order: Order
    learned: Sequence[tuple[datetime, Changed]]
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowPast:
    """Hold one flow and its versions with the instants they were published at, the oldest first."""

    flow: Flow
    versions: Sequence[tuple[datetime, int, FlowDocument]]

    def at(self, now: datetime) -> tuple[int, FlowDocument]:
        """Return the version that was published at an instant, the first where it is from before."""
        known = [each for each in self.versions if each[0] <= now] or self.versions[:1]
        _, number, document = known[-1]
        return number, document

    def document(self, number: int) -> FlowDocument:
        """Return one version."""
        return next(document for _, each, document in self.versions if each == number)


@dataclass(frozen=True, slots=True)
class Past:
    """Hold it all. Consent, choices and stops are by our customer id or the address's hash, the oldest first."""

    shop_id: int
    shop_zone: str
    flows: Sequence[FlowPast]
    orders: Sequence[OrderPast]
    settings: Sequence[tuple[datetime, str, Mapping[str, Any]]] = ()
    customers: Mapping[int, Customer] = field(default_factory=dict)
    statements: Mapping[int, Sequence[tuple[datetime, Statement]]] = field(default_factory=dict)
    choices: Mapping[int, Sequence[Preference]] = field(default_factory=dict)
    stops: Mapping[str, Sequence[Suppression]] = field(default_factory=dict)
    denials: Mapping[int, Sequence[datetime]] = field(default_factory=dict)  # line → when it was said not to have come
    shares: Mapping[str, Share] = field(default_factory=dict)
    left_out: Exclusions | None = None

    def stored(self, now: datetime) -> Stored:
        """Return the settings as they were."""
        known = self.settings[: bisect_right(self.settings, now, key=lambda one: one[0])]
        return Stored({section: values for _, section, values in known})

    def agreed(self, customer_id: int | None, now: datetime) -> str | None:
        """Return what held of somebody's marketing consent, by what we had heard."""
        said = [
            each if each.joined_at is None or each.joined_at <= now else replace(each, joined_at=None)
            for received_at, each in self.statements.get(customer_id or 0, ())
            if received_at <= now
        ]
        found = holds(said) if said else None
        return found.state if found is not None else None

    def wishes(self, customer_id: int | None, now: datetime) -> Wishes:
        """Return what somebody had chosen to hear."""
        rows = [row for row in self.choices.get(customer_id or 0, ()) if row.happened_at <= now]
        return reduced(rows) if rows else Wishes()
