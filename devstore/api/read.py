"""Read a script's JSON, strictly enough that a typing error is told and never a 500."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from devstore.world.refused import Refused

WHOLE = re.compile(r"-?[0-9]{1,19}")
DEFAULT_SHOP = "kiln-and-kettle"


def body() -> dict[str, Any]:
    """Return the JSON object of the request; an empty one when there is none. Raises Refused for anything else."""
    if not request.get_data():
        return {}
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise Refused("body", "The body must be a JSON object.")
    return found


def only(given: dict[str, Any], *known: str) -> None:
    """Refuse a field nobody reads: it would be a misunderstanding."""
    for key in given:
        if key not in known:
            raise Refused(key, f"Unknown field. Known: {', '.join(sorted(known))}.")


def whole_number(given: dict[str, Any], field: str, default: int | None = None) -> int:
    """Return a whole number within 64 bits."""
    value = given.get(field, default)
    if isinstance(value, str) and WHOLE.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise Refused(field, f"{field} must be a whole number.")
    return value


def fraction(given: dict[str, Any], field: str, low: float, high: float) -> float:
    """Return a number between two bounds."""
    value = given.get(field)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(field, f"{field} must be a number from {low:g} to {high:g}.")
    return float(value)


def words(given: dict[str, Any], field: str, default: str | None = None) -> str | None:
    """Return a text without NUL, or the default."""
    value = given.get(field, default)
    if value is None:
        return None
    if not isinstance(value, str) or "\0" in value:
        raise Refused(field, f"{field} must be text.")
    return value


def needed(given: dict[str, Any], field: str) -> str:
    """Return a text that must be there."""
    value = words(given, field)
    if not value:
        raise Refused(field, f"{field} is missing.")
    return value


def money(given: dict[str, Any], field: str, default: str | None = None) -> Decimal:
    """Return an amount with two decimals, given as text or number."""
    try:
        amount = Decimal(str(given.get(field, default))).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused(field, f"{field} must be an amount like 12.50.") from None
    if not 0 <= amount < 10**9:
        raise Refused(field, f"{field} must be an amount like 12.50.")
    return amount


def moment(given: dict[str, Any], field: str) -> datetime | None:
    """Return an aware time from ISO 8601, or None; a time without a zone is UTC."""
    value = words(given, field)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(field, f"{field} must be a time like 2026-11-21T16:05:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def names(given: dict[str, Any], field: str) -> list[str]:
    """Return a list of texts."""
    value = given.get(field) or []
    if not isinstance(value, list) or not all(isinstance(one, str) and "\0" not in one for one in value):
        raise Refused(field, f"{field} must be a list of texts.")
    return value


def pairs(given: dict[str, Any], field: str, key: str) -> list[tuple[int | str, int]]:
    """Return `[(entry[key], entry["quantity"]), …]` of a list of objects; quantity is 1 where absent."""
    value = given.get(field) or []
    if not isinstance(value, list):
        raise Refused(field, f"{field} must be a list.")
    found: list[tuple[int | str, int]] = []
    for entry in value:
        which = entry.get(key) if isinstance(entry, dict) else entry
        if isinstance(which, bool) or not isinstance(which, int | str) or "\0" in str(which):
            raise Refused(field, f"Each of {field} needs a {key}.")
        found.append((which, whole_number(entry, "quantity", 1) if isinstance(entry, dict) else 1))
    return found
