"""Reach the dev store's database: one engine a process, one transaction a request or job."""

from __future__ import annotations

import os
import threading
import time
import uuid
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

from devstore.state.align import align_tables
from devstore.state.models import Base, Clock, Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

REST_SECONDS = 1.0

# Set after every commit: whoever waits for new work (the webhook sender) looks again.
changed = threading.Event()


@cache
def engine() -> Engine:
    """Open the pool for DEVSTORE_DATABASE_URL; a plain ``postgresql://`` URL uses psycopg 3.

    Raises KeyError when the variable is missing.
    """
    url = make_url(os.environ["DEVSTORE_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    made = create_engine(
        url,
        pool_size=5,
        max_overflow=10,
        pool_timeout=5,
        connect_args={"options": "-c timezone=UTC -c synchronous_commit=on"},
    )
    _ask_after_rest(made)
    return made


def _ask_after_rest(made: Engine) -> None:
    """Ask a connection that has rested whether it still lives; one used a moment ago is not asked again."""

    @event.listens_for(made, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(made, "checkout")
    def _wakes(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < REST_SECONDS:
            return
        try:
            made.dialect.do_ping(connection)
        except made.dialect.loaded_dbapi.Error as gone:
            raise InvalidatePoolError from gone


def create_tables() -> None:
    """Create what is missing, bring older tables up to date, make the single rows; safe to repeat."""
    with engine().begin() as connection:
        Base.metadata.create_all(connection)
        align_tables(connection)
    with unit_of_work() as session:
        if session.get(Clock, 1) is None:
            session.add(Clock(id=1, offset_seconds=0))
        if session.get(Faults, 1) is None:
            session.add(Faults(id=1))


class Work(Session):
    """A session that holds on to the rows that stay: its identity map alone lets go of what nobody holds."""


@event.listens_for(Work, "loaded_as_persistent")
def _hold(session: Session, row: Base) -> None:
    if row.STAYS:
        session.info["held"].append(row)


@contextmanager
def unit_of_work(*, announce: bool = True) -> Iterator[Session]:
    """Give a session that commits at the end of the block, or rolls back if the block raises.

    All webhooks announced inside share one event id, as one action of a merchant does. `announce=False` is for
    reading and book-keeping: it does not wake the webhook sender.
    """
    with Work(engine(), expire_on_commit=False, info={"event_id": str(uuid.uuid4()), "held": []}) as session:
        session.begin()
        yield session
        session.commit()
    if announce:
        changed.set()
