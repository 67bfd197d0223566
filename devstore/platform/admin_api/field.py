"""Register the function behind each field of the schema."""

import re
from collections.abc import Callable
from typing import Any

from devstore.platform.admin_api.call import Call
from devstore.state.models import gid

Resolver = Callable[[Any, Call, dict[str, Any]], Any]

RESOLVERS: dict[tuple[str, str], Resolver] = {}


def field(kind: str, name: str) -> Callable[[Resolver], Resolver]:
    """Register a function of (row, call, arguments) for one field."""

    def keep(function: Resolver) -> Resolver:
        RESOLVERS[kind, name] = function
        return function

    return keep


def attributes(kind: str, *names: str) -> None:
    """Register fields that are a row's attribute of the same name, or a key of a dict."""
    for name in names:
        RESOLVERS[kind, name] = _attribute(re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower(), name)


def computed(kind: str, **functions: Callable[[Any, Call], Any]) -> None:
    """Register fields without arguments: functions of (row, call)."""
    for name, function in functions.items():
        RESOLVERS[kind, name] = _without_arguments(function)


def globally(kind: str) -> None:
    """Register `id` and `legacyResourceId` of a kind whose rows have a number."""
    RESOLVERS[kind, "id"] = lambda row, call, args: gid(kind, row.id)
    RESOLVERS[kind, "legacyResourceId"] = lambda row, call, args: row.id


def upper(kind: str, **columns: str) -> None:
    """Register enum fields kept in lower case; the value names the attribute."""
    for name, column in columns.items():
        RESOLVERS[kind, name] = _upper(column)


def _attribute(snake: str, camel: str) -> Resolver:
    def read(row: Any, call: Call, args: dict[str, Any]) -> Any:
        return row.get(camel) if isinstance(row, dict) else getattr(row, snake)

    return read


def _without_arguments(function: Callable[[Any, Call], Any]) -> Resolver:
    return lambda row, call, args: function(row, call)


def _upper(column: str) -> Resolver:
    def read(row: Any, call: Call, args: dict[str, Any]) -> Any:
        value = getattr(row, column)
        return value.upper() if value is not None else None

    return read
