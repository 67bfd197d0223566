"""Check and read metafield values by their type; they are kept as text."""

import hashlib
import json
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

CATEGORIES = {
    "single_line_text_field": "TEXT",
    "multi_line_text_field": "TEXT",
    "number_integer": "NUMBER",
    "number_decimal": "NUMBER",
    "boolean": "TRUE_FALSE",
    "date": "DATE_TIME",
    "date_time": "DATE_TIME",
    "json": "JSON",
    "rating": "RATING",
    "url": "URL",
    "product_reference": "REFERENCE",
}
LARGEST_INTEGER = 2**53 - 1
PARSED = frozenset({"number_integer", "boolean", "json", "rating"})


def category(kind: str) -> str:
    """Return the category Shopify files a type under."""
    return CATEGORIES.get(kind.removeprefix("list."), "TEXT")


def digest(value: str) -> str:
    """Return the fingerprint used for compare-and-set."""
    return hashlib.sha256(value.encode()).hexdigest()


def json_value(kind: str, value: str) -> Any:
    """Return the value as `jsonValue` shows it."""
    return json.loads(value) if kind in PARSED or kind.startswith("list.") else value


def fault_in(kind: str, value: str) -> str | None:
    """Return what is wrong with a value, or nothing."""
    if value == "":
        return "Value can't be blank."
    if kind.startswith("list."):
        return _list_fault(kind.removeprefix("list."), value)
    check = _CHECKS.get(kind)
    return check(value) if check else None


def _list_fault(kind: str, value: str) -> str | None:
    try:
        items = json.loads(value)
    except ValueError:
        return "Value is invalid JSON."
    if not isinstance(items, list):
        return "Value must be an array."
    faults = (fault_in(kind, item if isinstance(item, str) else json.dumps(item)) for item in items)
    return next((fault for fault in faults if fault), None)


def _integer(value: str) -> str | None:
    if not re.fullmatch(r"-?[0-9]{1,16}", value) or abs(int(value)) > LARGEST_INTEGER:
        return "Value must be an integer."
    return None


def _decimal(value: str) -> str | None:
    try:
        return None if Decimal(value).is_finite() else "Value must be a decimal."
    except InvalidOperation:
        return "Value must be a decimal."


def _boolean(value: str) -> str | None:
    return None if value in {"true", "false"} else "Value must be true or false."


def _date(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "Value must be in YYYY-MM-DD format."
    return None


def _date_time(value: str) -> str | None:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "Value must be in “YYYY-MM-DDTHH:MM:SS” format."
    return None


def _json(value: str) -> str | None:
    try:
        json.loads(value)
    except ValueError as fault:
        return f"Value is invalid JSON: {fault}."
    return None


def _rating(value: str) -> str | None:
    try:
        parts = json.loads(value)
        low, high, stars = (Decimal(str(parts[key])) for key in ("scale_min", "scale_max", "value"))
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return "Value must be a rating: value, scale_min and scale_max."
    if not low <= stars <= high:
        return f"Value must be between {low} and {high}."
    return None


def _one_line(value: str) -> str | None:
    return "Value cannot include line breaks." if "\n" in value or "\r" in value else None


def _url(value: str) -> str | None:
    return None if re.fullmatch(r"(?:https?|mailto|sms|tel):\S+", value) else "Value must be a URL."


_CHECKS = {
    "number_integer": _integer,
    "number_decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "date_time": _date_time,
    "json": _json,
    "rating": _rating,
    "single_line_text_field": _one_line,
    "url": _url,
}
