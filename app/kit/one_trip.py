"""Ask PostgreSQL several things in one round trip, for the few places where waiting for answers is most of the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, cast

from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Asked = tuple[str, Mapping[str, Any]]  # SQL with %(name)s places, and what goes into them


class PlannedAnew(str):
    """Be SQL that PostgreSQL plans for what it is asked each time, and never once for all.

    Of many joins a plan made while tables were nearly empty reads them from end to end once they have grown: a second
    a question instead of some milliseconds, for as long as the connection lives.
    """

    __slots__ = ()


def one_trip(session: Session, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
    """Run statements one after the other in the session's transaction; return the rows of each.

    Each sees what committed before it began, as if sent alone. What the session has not flushed yet is flushed first.
    Raises what SQLAlchemy raises for a fault of the database.
    """
    session.flush()
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline() if len(asked) > 1 else nullcontext():  # one question is a trip by itself
            cursors = [
                driver.execute(sql, facts, prepare=False if isinstance(sql, PlannedAnew) else None)
                for sql, facts in asked
            ]
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
    except Error as fault:
        gone = connection.dialect.is_disconnect(cast("Any", fault), driver, None)
        if gone:
            connection.invalidate(fault)
        raise DBAPIError.instance(
            None, None, fault, Error, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
        ) from fault
