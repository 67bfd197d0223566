"""Tell an order's past by the dates in its rows alone, where nobody kept what was known when (history).

Every date counts as the instant we learned of it. What has no date (a line taken out, a changed address) counts as
having been so from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

Values = Mapping[str, Any]

UNPAID: Final = "pending"
PAID: Final = "paid"
BROUGHT_BACK: Final = frozenset({"refunded", "partially_refunded"})
OPEN: Final = "open"
ORDER_LATER: Final = ("paid_at", "cancelled_at", "deleted_at")
COUNTER: Final = {"ready_for_pickup_at": "ready_for_pickup", "picked_up_at": "picked_up"}  # as scans would say it
PARCEL_LATER: Final = ("delivered_at", "cancelled_at", "delayed_at", *COUNTER)
OWN_DATES: Final = {
    "order": ("placed_at", *ORDER_LATER),
    "parcel": ("shipped_at", *PARCEL_LATER),
    "refund": ("happened_at",),
    "return": ("opened_at", "closed_at"),
}


def unrolled(stands: Mapping[str, Values]) -> list[tuple[datetime, dict[str, dict[str, Any]]]]:
    """Return what an order that stands like this (as app.orders.record.known keeps it) was at each of its dates."""
    moves = _moves(stands)
    before: dict[str, dict[str, Any]] = {}
    told = []
    for at in sorted(set().union(*moves.values())):
        changed = {}
        for key, values in stands.items():
            found = _then(key, values, stands, at) if at in moves[key] else None
            if found is not None and before.get(key) != found:
                before[key] = changed[key] = found
        if changed:
            told.append((at, changed))
    return told


def _moves(stands: Mapping[str, Values]) -> dict[str, set[datetime]]:
    """Return at which dates each part may have changed: its own, and of what refunds touch theirs; none before all."""
    placed = datetime.fromisoformat(stands["order"]["placed_at"])
    refunds = {each["happened_at"] for key, each in stands.items() if _kind(key) == "refund"}
    found = {}
    for key, values in stands.items():
        kind = _kind(key)
        own = {values[name] for name in OWN_DATES.get(kind, ()) if values.get(name)}
        own |= {at for _, at in values.get("scans", ())}
        own |= refunds if kind in {"order", "line"} else set()
        found[key] = {placed, *(max(datetime.fromisoformat(each), placed) for each in own)}
    return found


def _then(key: str, values: Values, stands: Mapping[str, Values], at: datetime) -> dict[str, Any] | None:
    match _kind(key):
        case "order":
            return _order(values, stands, at)
        case "line":
            return _line(key, values, stands, at)
        case "parcel":
            return _parcel(values, at) if _is_by(values["shipped_at"], at) else None
        case "refund":
            return dict(values) if _is_by(values["happened_at"], at) else None
        case _:
            return _case(values, at) if _is_by(values["opened_at"], at) else None


def _order(values: Values, stands: Mapping[str, Values], at: datetime) -> dict[str, Any]:
    found = _without_later(values, ORDER_LATER, at)
    if "cancelled_at" not in found:
        found.pop("cancel_reason", None)
    if values.get("paid_at") and "paid_at" not in found:
        found["financial_status"] = UNPAID
    elif found.get("financial_status") in BROUGHT_BACK and not _refunds(stands, at):
        found["financial_status"] = PAID
    return found


def _line(key: str, values: Values, stands: Mapping[str, Values], at: datetime) -> dict[str, Any]:
    """Return the line with the units that were refunded later still in it."""
    number = key.partition(".")[2]
    later = sum(
        each.get("lines", {}).get(number, 0)
        for other, each in stands.items()
        if _kind(other) == "refund" and not _is_by(each["happened_at"], at)
    )
    return {**values, "current_quantity": min(values["quantity"], values["current_quantity"] + later)}


def _parcel(values: Values, at: datetime) -> dict[str, Any]:
    found = _without_later(values, PARCEL_LATER, at)
    if "delivered_at" not in found:
        found.pop("delivered_source", None)
    found["scans"] = [scan for scan in values.get("scans", ()) if _is_by(scan[1], at)]
    if "shipment_status" in found:
        found["shipment_status"] = _last_word(found)
    return found


def _last_word(parcel: Values) -> str | None:
    """Return what was said last of a parcel, by a carrier or at the shop's own counter."""
    said = [*parcel["scans"], *([word, parcel[name]] for name, word in COUNTER.items() if name in parcel)]
    return max(said, key=lambda each: datetime.fromisoformat(each[1]))[0] if said else None


def _case(values: Values, at: datetime) -> dict[str, Any]:
    found = _without_later(values, ("closed_at",), at)
    return found if "closed_at" in found or "closed_at" not in values else {**found, "status": OPEN}


def _refunds(stands: Mapping[str, Values], at: datetime) -> bool:
    return any(_kind(key) == "refund" and _is_by(each["happened_at"], at) for key, each in stands.items())


def _without_later(values: Values, names: tuple[str, ...], at: datetime) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names or _is_by(value, at)}


def _is_by(instant: str, at: datetime) -> bool:
    return datetime.fromisoformat(instant) <= at


def _kind(key: str) -> str:
    return key.partition(".")[0]
