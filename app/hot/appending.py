"""Append rows to an inbox in groups: one statement, one commit; a row that cannot be kept does not sink the others.

The connection is the receiving role's, which may append to the inboxes and nothing else, and stays with the one thread
that appends. Every statement commits by itself: between the insert and its commit there is nothing to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.kit import fault
from app.kit.errors import Unavailable

Row = TypeVar("Row")

log = structlog.get_logger()


class Appending(Generic[Row]):
    """Append rows with `insert`, one at least. Used by one thread; nothing connects before the first row."""

    def __init__(
        self,
        engine: Engine,
        insert: Callable[[psycopg.Connection, Sequence[Row]], None],
        appended: Callable[[], None],
        *,
        points: tuple[str, str] | None = None,
    ) -> None:
        """Take the engine, the statement, and whom to tell after each commit.

        `points` are the fault points before the rows are sent and after they are committed.
        """
        self._engine, self._insert, self._appended, self._points = engine, insert, appended, points
        self._connection: psycopg.Connection | None = None

    def __call__(self, rows: Sequence[Row]) -> list[Exception | None]:
        """Append all rows, or where that fails each by itself; return None or what is wrong, row by row."""
        failure = self._try(rows)
        if failure is not None and self._connection is None:
            failure = self._try(rows)  # the database came back since the connection was last used
        if failure is None or self._connection is None or len(rows) == 1:
            return [failure] * len(rows)
        return self._one_by_one(rows, failure)

    def _one_by_one(self, rows: Sequence[Row], failure: Exception) -> list[Exception | None]:
        outcomes: list[Exception | None] = []
        for row in rows:
            lost = self._connection is None
            outcomes.append(failure if lost else self._try([row]))
        log.warning("rows_not_kept", rows=sum(each is not None for each in outcomes))
        return outcomes

    def _try(self, rows: Sequence[Row]) -> Exception | None:
        """Append and commit; afterwards there is a connection only if it can be used again."""
        try:
            connection = self._connected()
            self._pass(0)
            self._insert(connection, rows)
            self._pass(1)
        except (psycopg.Error, SQLAlchemyError, fault.InjectedFault) as failure:
            log.warning("append_failed", fault=type(failure).__name__, rows=len(rows))
            if self._connection is not None and (self._connection.closed or self._connection.broken):
                self._leave()
            return Unavailable("This could not be kept; send it again.")
        self._appended()
        return None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            pooled = self._engine.raw_connection()
            driver: Any = pooled.driver_connection
            pooled.detach()  # it stays with this thread
            driver.autocommit = True
            self._connection = driver
        return self._connection

    def _leave(self) -> None:
        with suppress(psycopg.Error):
            if self._connection is not None:
                self._connection.close()
        self._connection = None

    def _pass(self, number: int) -> None:
        if self._points is not None:
            fault.point(self._points[number])
