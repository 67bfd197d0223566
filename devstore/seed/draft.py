"""What a seed is made of before it becomes rows: goods, people, orders, parcels."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Form:
    """One variant."""

    price: Decimal
    title: str = "Default Title"
    sku: str = ""
    grams: int = 300
    shipped: bool = True
    gift_card: bool = False


@dataclass(frozen=True)
class Goods:
    """One product; `weight` is how often it lands in a basket."""

    handle: str
    title: str
    words: str
    kind: str
    drawing: str
    forms: tuple[Form, ...]
    weight: int = 10
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Range:
    """One collection: what was chosen for it by handle, or all with a tag."""

    handle: str
    title: str
    products: tuple[str, ...] = ()
    tag: str | None = None


@dataclass
class Person:
    """One customer."""

    first_name: str
    last_name: str
    email: str
    locale: str
    address: dict[str, Any]
    consent: str
    since: datetime
    consent_at: datetime | None = None
    phone: str | None = None
    note: str | None = None


@dataclass
class Scan:
    """One carrier event."""

    status: str
    at: datetime
    city: str | None = None
    estimate: datetime | None = None


@dataclass
class Later:
    """Something to happen once the app is installed: `hours` after that, `act` with its words."""

    hours: float
    act: str
    words: dict[str, Any] = field(default_factory=dict)


@dataclass
class Package:
    """One parcel: which lines (by place) and how many of each, its scans, and what comes later."""

    at: datetime
    lines: list[tuple[int, int]]
    tracked: bool = True
    scans: list[Scan] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)


@dataclass
class Sale:
    """One order, complete with what became of it."""

    person: Person
    at: datetime
    lines: list[tuple[str, int, int]]  # product handle, form, quantity
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    cancelled_at: datetime | None = None
    refund_at: datetime | None = None
    refund_lines: list[tuple[int, int]] | None = None  # all when None
    refund_note: str = ""
    return_at: datetime | None = None
    return_lines: list[tuple[int, int]] = field(default_factory=list)
    return_status: str = "open"


@dataclass(frozen=True)
class Store:
    """One shop with all of it."""

    facts: dict[str, Any]
    goods: tuple[Goods, ...]
    people: list[Person]
    sales: list[Sale]
    ranges: tuple[Range, ...] = ()
