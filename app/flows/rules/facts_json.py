"""Write plain values of a decision as JSON and read them back the same. Pure.

Dataclasses become objects, instants ISO texts in UTC, days ISO texts, durations seconds, sets sorted lists. A field
that says what it says by default is left out: most of a decision is what did not happen, and each evaluation is kept.
Reading takes older records too: a field that is not there gets its default, one that is gone is ignored. So a default
must never change its meaning: a test names them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

Plain = TypeVar("Plain")
OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS


def to_json(value: object) -> Any:
    """Return a value made of JSON types only. Raises TypeError for what has no plain form."""
    return orjson.loads(to_text(value))


def to_text(value: object) -> bytes:
    """Return the same as JSON text. Raises as `to_json` does."""
    return orjson.dumps(value, _write, OPTIONS)


def _write(value: object) -> Any:
    """Return what orjson does not know, or knows in another form, one step plainer."""
    kind: Any = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        return {name: each for name, default in _defaults(kind) if (each := getattr(value, name)) != default}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(to_json(each) for each in value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"No plain form: {type(value).__name__}")


@cache
def _defaults(kind: Any) -> tuple[tuple[str, object], ...]:
    """Return each field's name and default; what has none differs from everything."""
    return tuple(
        (each.name, each.default if each.default_factory is MISSING else each.default_factory())
        for each in fields(kind)
    )


def from_json(kind: type[Plain], raw: Mapping[str, Any]) -> Plain:
    """Return the dataclass that `to_json` wrote. Raises TypeError, ValueError or KeyError for what it did not write."""
    hinted: Any = kind
    hints = _hints(hinted)
    return kind(**{name: _read(hints[name], value) for name, value in raw.items() if name in hints})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def _read(kind: Any, raw: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return None if raw is None else _read(next(each for each in inner if each is not NoneType), raw)
    if origin is tuple:
        return tuple(_read(inner[0], each) for each in raw)
    if origin is frozenset:
        return frozenset(_read(inner[0], each) for each in raw)
    if kind is datetime:
        return datetime.fromisoformat(raw)
    if kind is date:
        return date.fromisoformat(raw)
    if kind is timedelta:
        return timedelta(seconds=raw)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    if isinstance(kind, type) and is_dataclass(kind):
        return from_json(kind, raw)
    return raw
