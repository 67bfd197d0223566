"""What the simulated shops consist of, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime

PROVINCE = {"US": "NY", "JP": "JP-13", "GB": "ENG"}


@dataclass
class Person:
    """A customer of one shop."""

    id: int
    email: str
    first_name: str
    country: str
    consent: str
    created_at: datetime
    updated_at: datetime
    gone: bool = False
    changed_mind_at: datetime | None = None  # when what they agreed to changed
    merged_into: int | None = None


@dataclass
class Line:
    """One line of an order; its title is its own in the whole world."""

    id: int
    title: str
    product: int
    quantity: int
    current: int
    ships: bool = True
    price: str = "32.00"


@dataclass
class Scan:
    """One thing a carrier said."""

    id: int
    status: str
    happened_at: datetime
    created_at: datetime


@dataclass
class Parcel:
    """A fulfilment; `contents` maps line ids to quantities."""

    id: int
    number: int
    contents: dict
    tracked: bool
    created_at: datetime
    updated_at: datetime
    status: str = "success"
    scans: list = field(default_factory=list)


@dataclass
class Refund:
    """Money given back; `lines` maps line ids to quantities."""

    id: int
    at: datetime
    lines: dict


@dataclass
class Return:
    """Goods that come back."""

    id: int
    number: int
    lines: dict
    created_at: datetime
    status: str = "requested"
    closed_at: datetime | None = None


@dataclass
class Order:
    """One order with all that hangs on it."""

    id: int
    name: str
    person: Person | None
    email: str
    country: str
    placed_at: datetime
    updated_at: datetime
    lines: list
    financial: str
    test: bool = False
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    deleted: bool = False
    parcels: list = field(default_factory=list)
    refunds: list = field(default_factory=list)
    returns: list = field(default_factory=list)

    def line(self, number):
        """Return a line by its id."""
        return next(line for line in self.lines if line.id == number)


@dataclass
class Shop:
    """One shop; `installed` says whether the app is there."""

    id: int
    domain: str
    name: str
    country: str
    zone: str
    updated_at: datetime
    installed: bool = True
    orders: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)  # id -> title
