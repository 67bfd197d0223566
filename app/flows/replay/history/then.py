"""Hold how one order stood at an instant: what was known of it by then, in the tables' own rows, never stored."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.flows.facts.gather_items import Contents
from app.flows.replay.history.rows import line_row, parcel_row, return_row
from app.flows.runs.triggers import UNPAID, ParcelStory, Story
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, pickup
from app.orders.reversals import ReturnCase
from app.orders.sent_back import Units
from app.reviews.models import Review
from app.reviews.states import ReviewState
from app.shopify.payloads.vocabulary import ReturnStatus

TRACKED: Final = "tracked"  # that there is a number is known; the number itself is nobody's business here
OF_ORDER: Final = (
    "customer_id", "locale", "country", "currency", "financial_status", "is_test", "renewal", "gift", "cancel_reason",
    "discount_codes",
)  # fmt: skip
ORDER_TIMES: Final = ("placed_at", "paid_at", "cancelled_at", "deleted_at")
OF_LINE: Final = (
    "product_shopify_id", "variant_shopify_id", "sku", "quantity", "current_quantity", "requires_shipping",
    "is_gift_card",
)  # fmt: skip
OF_PARCEL: Final = (
    "shopify_id", "shipment_status", "tracking_company", "delivered_source", "inferred_risk", "inferred_by",
)  # fmt: skip
PARCEL_TIMES: Final = (
    "shipped_at", "delivered_at", "cancelled_at", "inferred_at", "delayed_at", "estimated_delivery_at",
    "ready_for_pickup_at", "picked_up_at",
)  # fmt: skip


@dataclass(slots=True)
class OrderThen:
    """Hold it. `order` begins as a row with what never changes; `learn` brings the rest up to an instant."""

    order: Order
    with_scans: bool = True  # whether any flow asks for more of a parcel than that it was sent and came
    zone: str = ""
    has_email: bool = False
    lines: dict[int, OrderLine] = field(default_factory=dict)
    parcels: dict[int, Fulfillment] = field(default_factory=dict)
    packed: dict[int, dict[int, int]] = field(default_factory=dict)  # parcel → line → how many
    scans: dict[int, tuple[tuple[str, datetime], ...]] = field(default_factory=dict)
    refunds: dict[int, tuple[datetime, dict[int, int]]] = field(default_factory=dict)
    cases: dict[int, ReturnCase] = field(default_factory=dict)
    coming_back: dict[int, dict[int, int]] = field(default_factory=dict)  # return → line → how many
    _stands: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # what was last learned, by what it is about

    def __post_init__(self) -> None:
        """Take a row of one's own: what is learned is written into it."""
        self.order = copy.copy(self.order)

    def learn(self, changed: Mapping[str, Mapping[str, Any]]) -> bool:
        """Take in what an event of the kind "known" says; return whether that is more than a carrier's word."""
        more = False
        for key, values in changed.items():
            more = more or _without_words(self._stands.get(key)) != _without_words(values)
            self._stands[key] = values
            kind, _, number = key.partition(".")
            match kind:
                case "order":
                    self._order(values)
                case "line":
                    self._line(int(number), values)
                case "parcel":
                    self._parcel(int(number), values)
                case "refund":
                    self._refund(int(number), values)
                case "return":
                    self._case(int(number), values)
        return more

    def _order(self, values: Mapping[str, Any]) -> None:
        order = self.order
        for name in OF_ORDER:
            setattr(order, name, values.get(name))
        for name in ORDER_TIMES:
            setattr(order, name, instant(values.get(name)))
        order.tags, order.total = values.get("tags", ""), Decimal(values.get("total", "0"))
        order.email_withheld = bool(values.get("email_withheld"))
        self.zone, self.has_email = values.get("zone", ""), bool(values.get("has_email"))

    def _line(self, number: int, values: Mapping[str, Any]) -> None:
        line = self.lines.get(number)
        if line is None:
            line = self.lines[number] = line_row(
                id=number, shop_id=self.order.shop_id, order_id=self.order.id, title=""
            )
        for name in OF_LINE:
            setattr(line, name, values.get(name))

    def _parcel(self, number: int, values: Mapping[str, Any]) -> None:
        parcel = self.parcels.get(number)
        if parcel is None:
            parcel = self.parcels[number] = parcel_row(id=number, shop_id=self.order.shop_id, order_id=self.order.id)
        for name in OF_PARCEL:
            setattr(parcel, name, values.get(name))
        for name in PARCEL_TIMES:
            setattr(parcel, name, instant(values.get(name)))
        parcel.tracking_number = TRACKED if values.get(TRACKED) else None
        self.packed[number] = counts(values)
        self.scans[number] = tuple((word, datetime.fromisoformat(at)) for word, at in values.get("scans", ()))

    def _refund(self, number: int, values: Mapping[str, Any]) -> None:
        self.refunds[number] = (datetime.fromisoformat(values["happened_at"]), counts(values))

    def _case(self, number: int, values: Mapping[str, Any]) -> None:
        case = self.cases.get(number)
        if case is None:
            case = self.cases[number] = return_row(id=number, shop_id=self.order.shop_id, order_id=self.order.id)
        case.name, case.status = values.get("name"), values["status"]
        case.opened_at, case.closed_at = datetime.fromisoformat(values["opened_at"]), instant(values.get("closed_at"))
        self.coming_back[number] = counts(values)

    @property
    def contents(self) -> dict[int, Contents]:
        """Return what is in each parcel, as decisions read it."""
        return {
            number: {line: (many, self.parcels[number]) for line, many in lines.items()}
            for number, lines in self.packed.items()
        }

    def units(self, line: OrderLine) -> Units:
        """Return what the buyer still has of a line."""
        sent = sum(
            lines.get(line.id, 0) for number, lines in self.packed.items() if not self.parcels[number].cancelled_at
        )
        back = {ReturnStatus.CLOSED.value: 0, ReturnStatus.OPEN.value: 0}
        for number, lines in self.coming_back.items():
            status = self.cases[number].status
            if status in back:
                back[status] += lines.get(line.id, 0)
        return Units(
            ordered=line.quantity,
            current=line.current_quantity,
            refunded=sum(lines.get(line.id, 0) for _, lines in self.refunds.values()),
            sent=sent,
            back=back[ReturnStatus.CLOSED.value],
            coming_back=back[ReturnStatus.OPEN.value],
        )

    def story(self, reviews: tuple[Review, ...], now: datetime) -> Story:
        """Return what had happened to the order, as flows are told it."""
        order = self.order
        closed = [case.closed_at for case in self.cases.values() if case.status == ReturnStatus.CLOSED]
        return Story(
            order_id=order.id,
            placed_at=order.placed_at,
            stands=order.financial_status not in UNPAID,
            paid_at=order.paid_at,
            cancelled_at=order.cancelled_at,
            refunded_at=min((at for at, _ in self.refunds.values()), default=None),
            returned_at=min((at for at in closed if at is not None), default=None),
            parcels=tuple(
                ParcelStory(
                    each.id,
                    each.shipped_at,
                    each.delivered_at,
                    each.delayed_at,
                    (*self.scans[each.id], *pickup(each).words) if self.with_scans else (),
                )
                for _, each in sorted(self.parcels.items())
                if each.cancelled_at is None
            ),
            reviews=tuple(
                (each.id, each.published_at)
                for each in reviews
                if each.state is ReviewState.PUBLISHED and each.published_at is not None and each.published_at <= now
            ),
        )


def instant(text: str | None) -> datetime | None:
    """Return an instant as it is kept, None where there is none."""
    return datetime.fromisoformat(text) if text else None


def _without_words(values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if values is None or "scans" not in values:
        return values
    return {name: value for name, value in values.items() if name not in {"scans", "shipment_status"}}


def counts(values: Mapping[str, Any]) -> dict[int, int]:
    """Return how many of each line, by our id of it."""
    return {int(line): many for line, many in values.get("lines", {}).items()}
