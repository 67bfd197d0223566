"""Append rows to an inbox in groups: one statement, one commit; a row that cannot be kept does not sink the others.

The connection is the receiving role's, which may append to the inboxes and nothing else, and stays with the one thread
that appends. Every statement commits by itself: between the insert and its commit there is nothing to decide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, Generic, TypeVar

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.kit import fault
from app.kit.errors import Unavailable

Row = TypeVar("Row")

PAUSE_S: Final = 0.1
AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, SQLAlchemyError)


class Away(Unavailable):
    """Say that the database does not answer, or not as it should: no row is at fault."""


log = structlog.get_logger()


class Appending(Generic[Row]):
    """Append rows with `insert`, one at least. Used by one thread; nothing connects before the first row."""

    def __init__(
        self,
        engine: Engine,
        insert: Callable[[psycopg.Connection, Sequence[Row]], None],
        appended: Callable[[], None],
        *,
        patience_s: float = 0.0,
        points: tuple[str, str] | None = None,
    ) -> None:
        """Take the engine, the statement, and whom to tell after each commit.

        `patience_s` is how long rows nobody waits for wait for a database that is away. `points` are the fault points
        before the rows are sent and after they are committed.
        """
        self._engine, self._insert, self._appended, self._points = engine, insert, appended, points
        self._patience_s = patience_s
        self._connection: psycopg.Connection | None = None

    def __call__(self, rows: Sequence[Row]) -> list[Exception | None]:
        """Append all rows, or where one of them is at fault each by itself; return None or what is wrong, by row."""
        failure = self._try(rows)
        if isinstance(failure, Away):
            failure = self._try(rows)  # the database came back since the connection was last used
        until = time.monotonic() + self._patience_s
        while isinstance(failure, Away) and time.monotonic() < until:
            time.sleep(PAUSE_S)
            failure = self._try(rows)
        if failure is None:
            return [None] * len(rows)
        outcomes: list[Exception | None] = []
        for row in rows:
            if not isinstance(failure, Away) and len(rows) > 1:
                failure = self._try([row])
            outcomes.append(failure)
        log.warning("rows_not_kept", rows=sum(each is not None for each in outcomes))
        return outcomes

    def _try(self, rows: Sequence[Row]) -> Unavailable | None:
        """Append and commit; return what is wrong: Away where no row is at fault."""
        try:
            connection = self._connected()
            self._pass(0)
            self._insert(connection, rows)
            self._pass(1)
        except (psycopg.Error, SQLAlchemyError, fault.InjectedFault) as failure:
            log.warning("append_failed", fault=type(failure).__name__, rows=len(rows))
            if self._connection is not None and (self._connection.closed or self._connection.broken):
                self._leave()
            return (Away if isinstance(failure, AWAY) else Unavailable)("This could not be kept; send it again.")
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
