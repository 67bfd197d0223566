"""Write plain values of a decision as JSON and read them back the same. Pure.

Dataclasses become objects, instants ISO texts in UTC, days ISO texts, durations seconds, sets sorted lists. Reading
takes older records too: a field that was not there yet gets its default, one that is gone is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Plain = TypeVar("Plain")

JSON_TYPES: Final = frozenset({str, int, float, bool, NoneType})


def to_json(value: object) -> Any:
    """Return a value made of JSON types only. Raises TypeError for what has no plain form."""
    kind = type(value)
    return value if kind in JSON_TYPES else _writer(cast("Any", kind))(value)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """Return how values of exactly this type are written."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if kind is datetime:
        return lambda value: value.astimezone(UTC).isoformat()
    if kind is date:
        return date.isoformat
    if issubclass(kind, tuple | list):
        return lambda value: [to_json(each) for each in value]
    if issubclass(kind, Mapping):
        return lambda value: {str(name): to_json(each) for name, each in value.items()}
    if is_dataclass(kind):
        names = tuple(_hints(cast("Any", kind)))
        return lambda value: {name: to_json(getattr(value, name)) for name in names}
    if issubclass(kind, timedelta):
        return timedelta.total_seconds
    if issubclass(kind, frozenset):
        return lambda value: sorted(to_json(each) for each in value)
    raise TypeError(f"No plain form: {kind.__name__}")


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
