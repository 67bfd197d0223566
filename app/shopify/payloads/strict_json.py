"""Parse JSON from outside within limits, so that a poisonous body is a reason and never a crash. Pure."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from app.shopify.payloads.fault import PayloadError

WEBHOOK_MAX_BYTES = 5_000_000  # what the webhook route keeps at most; Shopify's largest order bodies stay well under it
REPLY_MAX_BYTES = 20_000_000
MAX_DEPTH = 40  # Shopify's deepest payloads have 8 levels; a parser's stack is not for strangers to spend
MAX_DIGITS = 19  # of a 64-bit id


def parse(raw: bytes, max_bytes: int = WEBHOOK_MAX_BYTES) -> dict[str, Any]:
    """Return the object in `raw`: numbers with a point as Decimal, no duplicate keys, no NaN.

    Raises PayloadError when it is not UTF-8, not JSON, not an object, too large, too deep or says one thing twice.
    """
    if len(raw) > max_bytes:
        raise PayloadError("body", "is too large")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=Decimal,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise PayloadError("body", "is not UTF-8") from None
    except RecursionError:
        raise PayloadError("body", "is nested too deeply") from None
    except (json.JSONDecodeError, ArithmeticError):
        raise PayloadError("body", "is not JSON") from None
    if not isinstance(value, dict):
        raise PayloadError("body", "is not an object")
    _refuse_depth(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise PayloadError("body", "names a field twice")
    return values


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise PayloadError("body", "holds a number too large for an id")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise PayloadError("body", f"holds {name}")


def _refuse_depth(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise PayloadError("body", "is nested too deeply")
