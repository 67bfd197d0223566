"""What truly happened, as plain events: what the shop saw, and what it never learned (`hidden`).

`at` is when the shop learns of it, an aware UTC instant; an order is its number from 1 in order of time (the shop calls
it #1000 + that), a parcel its number within the order, a person the number they came with, a product its handle.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened at one shop."""

    hidden: ClassVar[bool] = False

    at: datetime
    shop: str


@dataclass(frozen=True, slots=True)
class Bought:
    """One line: `form` is the variant's place among the product's."""

    product: str
    form: int
    quantity: int
    price: Decimal
    carried: bool
    gift_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCame(Event):
    """Somebody bought for the first time. A guest has no account: the shop knows an address and nothing else."""

    person: int
    email: str
    first_name: str
    last_name: str
    locale: str
    phone: str | None
    consent: str
    address: dict[str, Any]
    guest: bool = False
    bot: str | None = None  # bulk_buyer, card_tester


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """A person agreed to marketing, or took it back."""

    person: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleMerged(Event):
    """Two customers turned out to be one: `gone` is no more, what it bought is `kept`'s."""

    kept: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitFormed(Event):
    """A person uses up a product every `days`, in the mean; nobody tells the shop."""

    hidden: ClassVar[bool] = True

    person: int
    product: str
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitEnded(Event):
    """A person will not buy the product again, and tells nobody."""

    hidden: ClassVar[bool] = True

    person: int
    product: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """An order. `kind`: ordinary, digital, pre_order, pick_up, subscription, test, fraud, bulk, card_test."""

    order: int
    person: int
    lines: tuple[Bought, ...]
    kind: str
    address: dict[str, Any] | None  # where it goes; None where nothing is carried to anybody
    gift: bool = False
    note: str | None = None
    tags: tuple[str, ...] = ()
    code: str | None = None  # takes a tenth off
    source: str = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    """The money came."""

    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEdited(Event):
    """Lines were added, or some of a line (by its place) was taken out before it left."""

    order: int
    added: tuple[Bought, ...] = ()
    removed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """An order was called off before anything left; what was paid is given back."""

    order: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSent(Event):
    """A parcel left, or a file was handed over. `lines` are (place, quantity)."""

    order: int
    parcel: int
    lines: tuple[tuple[int, int], ...]
    carrier: str | None
    service: str
    tracked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Event):
    """The shop learned of a carrier's scan that happened at `happened_at`."""

    order: int
    parcel: int
    status: str
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCounter(Event):
    """The merchant showed a parcel nobody carries as `status`: ready_for_pickup or picked_up."""

    order: int
    parcel: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(Event):
    """A parcel is there; `reported` says whether a carrier, or the merchant at the counter, ever says so."""

    hidden: ClassVar[bool] = True

    order: int
    parcel: int
    reported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Event):
    """A parcel will never arrive."""

    hidden: ClassVar[bool] = True

    order: int
    parcel: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(Event):
    """Money went back for (place, quantity) pairs; `whole` with the shipping."""

    order: int
    lines: tuple[tuple[int, int], ...]
    note: str
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAsked(Event):
    """Somebody wants to send (place, quantity) of one parcel back."""

    order: int
    parcel: int
    lines: tuple[tuple[int, int], ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMoved(Event):
    """The shop decided about an order's return: open, declined or closed."""

    order: int
    status: str


@dataclass(frozen=True, slots=True)
class History:
    """One shop's whole truth in time order; `until` is where the past ends, later events are what comes next."""

    shop: str
    until: datetime
    events: list[Event] = field(repr=False)
