"""Cut lists into pages with cursors that survive inserts: a cursor names the last row, not its place."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import Session

LARGEST = 250
_unbounded: ContextVar[bool] = ContextVar("unbounded", default=False)


@contextmanager
def unbounded() -> Iterator[None]:
    """Let pages be of any size inside the block: a bulk operation has none."""
    before = _unbounded.set(True)
    try:
        yield
    finally:
        _unbounded.reset(before)


@dataclass(frozen=True)
class Page:
    """One page of a connection; `cursors` run beside `nodes`."""

    nodes: list[Any]
    cursors: list[str]
    more: bool
    before: bool


@dataclass(frozen=True)
class Window:
    """What the arguments of a connection ask for."""

    size: int
    forward: bool
    after: list[Any] | None
    before: list[Any] | None
    reverse: bool


def window(args: dict[str, Any]) -> Window:
    """Return the window the arguments describe.

    Raises GraphQLError when neither or both of first and last are given, one is out of range, or a cursor is not ours.
    """
    first, last = args.get("first"), args.get("last")
    if (first is None) == (last is None):
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    size = first if first is not None else last
    assert size is not None  # noqa: S101  told to the type checker
    if not 0 <= size <= LARGEST and not _unbounded.get():
        raise GraphQLError(f"first and last are at most {LARGEST}", extensions={"code": "BAD_REQUEST"})
    return Window(
        size=size,
        forward=first is not None,
        after=_decode(args.get("after")),
        before=_decode(args.get("before")),
        reverse=bool(args.get("reverse")),
    )


def page_of(items: Sequence[Any], args: dict[str, Any], key: Callable[[Any], Any] | None = None) -> Page:
    """Return a page of rows already in hand, ordered by `key` and then id."""
    look = window(args)

    def place(row: Any) -> list[Any]:
        return [_plain(key(row)) if key else None, row.id]

    ordered = sorted(items, key=lambda row: (_sortable(place(row)[0]), row.id), reverse=look.reverse)
    places = [place(row) for row in ordered]
    start, end = 0, len(ordered)
    if look.after is not None and look.after in places:
        start = places.index(look.after) + 1
    if look.before is not None and look.before in places:
        end = places.index(look.before)
    cut = ordered[start:end]
    taken = cut[: look.size] if look.forward else cut[max(0, len(cut) - look.size) :]
    short = len(cut) > len(taken)
    return Page(
        nodes=taken,
        cursors=[_encode(place(row)) for row in taken],
        more=short if look.forward else end < len(ordered),
        before=short if not look.forward else start > 0,
    )


def page_from(
    session: Session, statement: Select[Any], args: dict[str, Any], sort: ColumnElement[Any], number: ColumnElement[int]
) -> Page:
    """Return a page read from the database, ordered by `sort` and then `number` (the id)."""
    look = window(args)
    backwards = look.reverse != (not look.forward)
    place = tuple_(sort, number)
    query = statement
    for cursor, later in ((look.after, True), (look.before, False)):
        if cursor is not None:
            mark = tuple_(*_typed(cursor, sort))
            query = query.where(place > mark if later != look.reverse else place < mark)
    columns = (sort.desc(), number.desc()) if backwards else (sort, number)
    rows = list(session.execute(query.add_columns(sort.label("_sort")).order_by(*columns).limit(look.size + 1)))
    beyond = len(rows) > look.size
    rows = rows[: look.size]
    if not look.forward:
        rows.reverse()
    return Page(
        nodes=[row[0] for row in rows],
        cursors=[_encode([_plain(row[1]), row[0].id]) for row in rows],
        more=beyond if look.forward else look.before is not None,
        before=beyond if not look.forward else look.after is not None,
    )


def _typed(cursor: list[Any], sort: ColumnElement[Any]) -> list[Any]:
    value, number = cursor
    if sort.type.python_type is datetime:
        value = datetime.fromisoformat(str(value))
    return [value, number]


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _encode(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _decode(cursor: str | None) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor))
        if isinstance(place, list) and len(place) == 2 and isinstance(place[1], int):
            if isinstance(place[0], str) and place[0][:2] == "20":
                datetime.fromisoformat(place[0])
            return place
    except ValueError:
        pass
    raise GraphQLError("invalid cursor", extensions={"code": "BAD_REQUEST"})
