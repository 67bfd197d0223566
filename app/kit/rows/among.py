"""Ask for many rows by key with one array instead of a list of parameters: the statement's text stays the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal
from sqlalchemy.orm import InstrumentedAttribute


def among(column: InstrumentedAttribute[Any], keys: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that `column` is one of `keys`, of which there may be hundreds, or none."""
    return column == any_(literal(list(keys), ARRAY(column.type)))
