"""Insert many rows by one statement whose text is always the same, so that it is planned once: arrays in, rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Table, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from app.kit.db import Base
from app.kit.rows.one_trip import Asked

QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_rows(table: type[Base], rows: Sequence[Mapping[str, Any]], tail: str = "") -> Asked:
    """Return the question for `one_trip` that inserts `rows`, which all name the same columns.

    `tail` is what follows in SQL: on conflict …, returning ….
    """
    names = tuple(rows[0])
    columns = inspect(table).columns
    return _text(table, names, tail), {name: _values(columns[name].type, [row[name] for row in rows]) for name in names}


@cache
def _text(table: type[Base], names: tuple[str, ...], tail: str) -> str:
    made = inspect(table).local_table
    assert isinstance(made, Table)  # noqa: S101 - every model of ours is one table
    into = ", ".join(names)
    arrays = ", ".join(_array(name, made.columns[name].type) for name in names)
    return f'insert into "{made.name}" ({into}) select * from unnest({arrays}) {tail}'  # noqa: S608 - names of our models


def _array(name: str, kind: TypeEngine[Any]) -> str:
    if isinstance(kind, JSON):  # as one document: an array of documents would be quoted one by one
        document = f"jsonb_array_elements(%({name})s::jsonb) with ordinality each(value, n)"
        return f"(select array_agg(each.value order by each.n) from {document})"  # noqa: S608 - a column of ours
    return f"%({name})s::{kind.compile(DIALECT)}[]"


def _values(kind: TypeEngine[Any], values: list[Any]) -> Any:
    if isinstance(kind, JSON):
        return orjson.dumps(values).decode()
    bind = kind.dialect_impl(DIALECT).bind_processor(DIALECT)
    return array_text(values if bind is None else [bind(value) for value in values])


def array_text(values: Sequence[Any]) -> str:
    """Return PostgreSQL's text of an array of numbers, words, instants and truths; the driver's own takes far longer.

    It has to find out each value's type; a column's are all of one, and the place it goes into names it.
    """
    if values and values.count(values[0]) == len(values):  # as most columns of rows that are made together are
        return f"{{{','.join([_element(values[0])] * len(values))}}}"
    return f"{{{','.join([_element(value) for value in values])}}}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return f'"{value.translate(QUOTED)}"'
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    return str(value)
