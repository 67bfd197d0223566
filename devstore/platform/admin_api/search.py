"""Turn Shopify's search syntax into conditions: `updated_at:>='2026-11-01T00:00:00Z' AND -status:cancelled`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, not_

TERM = re.compile(
    r"""(?P<not>-|NOT\s+)?(?:(?P<field>[a-z_]+):)(?P<op>>=|<=|>|<)?(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>\S+))"""
)
COMPARE: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    ">=": lambda column, value: column >= value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    "<": lambda column, value: column < value,
    "": lambda column, value: column == value,
}


@dataclass(frozen=True)
class Found:
    """Conditions to apply, and the fields nobody knows: Shopify ignores those and says so."""

    conditions: list[ColumnElement[bool]]
    unknown: list[str]


Fields = Mapping[str, Callable[[str, str], ColumnElement[bool] | None]]


def moment(column: Any) -> Callable[[str, str], ColumnElement[bool] | None]:
    """Return a reader of terms on a time column; a date alone is its first instant in UTC."""

    def read(operator: str, text: str) -> ColumnElement[bool] | None:
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            return None
        return COMPARE[operator](column, value if value.tzinfo else value.replace(tzinfo=UTC))

    return read


def number(column: Any) -> Callable[[str, str], ColumnElement[bool] | None]:
    """Return a reader of terms on an integer column."""

    def read(operator: str, text: str) -> ColumnElement[bool] | None:
        return COMPARE[operator](column, int(text)) if re.fullmatch(r"[0-9]{1,18}", text) else None

    return read


def word(column: Any) -> Callable[[str, str], ColumnElement[bool] | None]:
    """Return a reader of terms on a text column, blind to case."""

    def read(operator: str, text: str) -> ColumnElement[bool] | None:
        return column.ilike(text.replace("\\", "").replace("%", "").replace("_", r"\_")) if not operator else None

    return read


def search(text: str | None, fields: Fields) -> Found:
    """Return the conditions of a query; terms stand side by side and all must hold."""
    conditions: list[ColumnElement[bool]] = []
    unknown: list[str] = []
    for term in TERM.finditer(text or ""):
        value = next(part for part in (term["single"], term["double"], term["bare"]) if part is not None)
        reader = fields.get(term["field"])
        condition = reader(term["op"] or "", value) if reader else None
        if condition is None:
            unknown.append(term["field"])
        else:
            conditions.append(not_(condition) if term["not"] else condition)
    return Found(conditions, unknown)
