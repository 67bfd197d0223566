"""Find a row by its unique key or make it, safely when two transactions do so at once; write only what differs.

What is asked of a table is put together once a process: making a statement anew takes longer than answering it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.kit.db import Base
from app.kit.insert_rows import insert_rows
from app.kit.one_trip import one_trip

Row = TypeVar("Row", bound=Base)

ONCE = "on conflict do nothing returning id"


def find_or_make(session: Session, kind: type[Row], key: dict[str, Any], first: dict[str, Any]) -> tuple[Row, bool]:
    """Return the row with `key`, locked, and whether it was made now (with `key` and `first` as its values)."""
    found = by_key(kind, tuple(key))
    row = session.scalars(found, key).one_or_none()  # most are known; trying to make them would use up a number each
    if row is not None:
        return row, False
    made = make(session, kind, key | first)
    return (made, True) if made is not None else (session.scalars(found, key).one(), False)


def make(session: Session, kind: type[Row], values: dict[str, Any]) -> Row | None:
    """Insert a row and return it as if it had been read; None where one with its key is there already."""
    whole = _blank(kind) | values
    (made,) = one_trip(session, [insert_rows(kind, [whole], ONCE)])
    if not made:
        return None
    row = kind(**whole, id=made[0][0])
    make_transient_to_detached(row)
    session.add(row)
    return row


def change(row: Base, values: Mapping[str, Any]) -> None:
    """Set what differs: a row whose columns were set to what they held is looked at again before it is left alone."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


@cache
def by_key(kind: type[Row], names: tuple[str, ...]) -> Select[Row]:
    """Return the select of a row by columns that make it out, locked and as it stands now."""
    columns = inspect(kind).columns
    places = [columns[name] == bindparam(name, type_=columns[name].type) for name in names]
    return select(kind).where(*places).with_for_update().execution_options(populate_existing=True)


@cache
def _blank(kind: type[Base]) -> dict[str, Any]:
    """Return what the columns of a new row hold that nobody names: their defaults, else nothing."""
    defaults = {name: column.default for name, column in inspect(kind).columns.items() if column.identity is None}
    return {name: made.arg if isinstance(made, ScalarElementColumnDefault) else None for name, made in defaults.items()}
