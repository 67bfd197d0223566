"""Find a row by its unique key or make it, safely when two transactions do so at once."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.db import Base

Row = TypeVar("Row", bound=Base)


def find_or_make(session: Session, kind: type[Row], key: dict[str, Any], first: dict[str, Any]) -> tuple[Row, bool]:
    """Return the row with `key`, locked, and whether it was made now (with `key` and `first` as its values)."""
    found = select(kind).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(found).one_or_none()  # most are known; trying to make them first would use up a number each
    if row is not None:
        return row, False
    made = session.scalars(insert(kind).values(key | first).on_conflict_do_nothing().returning(kind)).one_or_none()
    return (made, True) if made is not None else (session.scalars(found).one(), False)
