"""Find a row by its unique key or make it, safely when two transactions do so at once; write only what differs.

What is asked of a table is put together once a process: making a statement anew takes longer than answering it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.kit.db import Base
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import Question
from app.kit.rows.tracked import load, tracked

Row = TypeVar("Row", bound=Base)

ONCE = "on conflict do nothing returning id"


def find_or_make(session: Session, kind: type[Row], key: dict[str, Any], first: dict[str, Any]) -> tuple[Row, bool]:
    """Return the row with `key`, locked, and whether it was made now (with `key` and `first` as its values)."""
    row = find(session, kind, key)  # most are known; trying to make them first would use up a number each
    if row is not None:
        return row, False
    made = make(session, kind, key | first)
    return (made, True) if made is not None else (load(session, kind, (by_key(kind, tuple(key)), key))[0], False)


def find(session: Session, kind: type[Row], key: dict[str, Any]) -> Row | None:
    """Return the row with `key`, locked and as it stands now."""
    return next(iter(load(session, kind, (by_key(kind, tuple(key)), key))), None)


def make(session: Session, kind: type[Row], values: dict[str, Any]) -> Row | None:
    """Insert a row and return it as if it had been read; None where one with its key is there already."""
    whole = _blank(kind) | values
    (made,) = one_trip(session, [insert_rows(kind, [whole], ONCE)])
    if not made:
        return None
    return tracked(session, kind, whole | {"id": made[0][0]})


def change(row: Base, values: Mapping[str, Any]) -> None:
    """Set what differs: a row whose columns were set to what they held is looked at again before it is left alone."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


@cache
def by_key(kind: type[Base], names: tuple[str, ...]) -> Question:
    """Return the question for a row by columns that make it out, locked."""
    columns = inspect(kind).columns
    places = [columns[name] == bindparam(name, type_=columns[name].type) for name in names]
    return Question(select(kind).where(*places).with_for_update())


@cache
def _blank(kind: type[Base]) -> dict[str, Any]:
    """Return what the columns of a new row hold that nobody names: their defaults, else nothing."""
    defaults = {name: column.default for name, column in inspect(kind).columns.items() if column.identity is None}
    return {name: made.arg if isinstance(made, ScalarElementColumnDefault) else None for name, made in defaults.items()}
