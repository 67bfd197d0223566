"""Ask PostgreSQL several things in one round trip, for the few places where waiting for answers is most of the time."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, cast

from psycopg import Error
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Asked = tuple[str, Mapping[str, Any]]  # SQL with %(name)s places, and what goes into them

LASTS_S = 60
ONE_PLAN = "select set_config('plan_cache_mode', 'force_generic_plan', true)"
OWN_PLANS = "select set_config('plan_cache_mode', 'auto', true)"


class PlannedOnce(str):
    """Be SQL that is planned once a minute and connection for whatever it is asked.

    Planning it takes longer than answering. But a plan made while tables were nearly empty would read them from end to
    end once they have grown, for as long as the connection lives: so none grows old.
    """

    __slots__ = ()

    def this_minute(self) -> str:
        """Return the text it is planned by in this minute."""
        return _dated(self, int(time.monotonic() // LASTS_S))


@lru_cache(maxsize=500)
def _dated(text: str, minute: int) -> str:
    return f"{text} -- {minute}"


def one_trip(session: Session, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
    """Run statements one after the other in the session's transaction; return the rows of each.

    Each sees what committed before it began, as if sent alone. What the session has not flushed yet is flushed first.
    Raises what SQLAlchemy raises for a fault of the database.
    """
    session.flush()
    return trip(session.connection(), asked)


def trip(connection: Connection, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
    """Do the same on a connection."""
    driver: Any = connection.connection.driver_connection
    try:
        alone = len(asked) == 1 and not isinstance(asked[0][0], PlannedOnce)  # one question is a trip by itself
        with nullcontext() if alone else driver.pipeline():
            cursors = _ask(driver, asked)
        # Its `description` would be made of a column each only to see whether there is one.
        return [cursor.fetchall() if cursor.pgresult.nfields else [] for cursor in cursors]
    except Error as fault:
        gone = connection.dialect.is_disconnect(cast("Any", fault), driver, None)
        if gone:
            connection.invalidate(fault)
        raise DBAPIError.instance(
            None, None, fault, Error, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
        ) from fault


def _ask(driver: Any, asked: Sequence[Asked]) -> list[Any]:
    """Return the cursors that will hold the answers.

    Where something is planned once it has to be said: left alone, PostgreSQL would try five plans for five questions
    first.
    """
    cursors, once = [], False
    for sql, facts in asked:
        if isinstance(sql, PlannedOnce) is not once:
            once = not once
            driver.execute(ONE_PLAN if once else OWN_PLANS)
        if isinstance(sql, PlannedOnce):
            cursors.append(driver.execute(sql.this_minute(), facts, prepare=True))
        else:
            cursors.append(driver.execute(sql, facts))
    if once:
        driver.execute(OWN_PLANS)
    return cursors
