"""Walk over many shops' rows a batch at a time: short transactions, so that nobody waits for a clean-up."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import ColumnElement, CursorResult, delete, inspect, select, tuple_
from sqlalchemy.orm import Session

from app.kit.db import Base
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

ROWS = 2_000
RUN_S = 20.0  # the rest is there tomorrow


def in_batches(runtime: Runtime, batch: Callable[[Session], int]) -> int:
    """Run `batch` with the system role, a transaction each, until it finds nothing or RUN_S is over; return the sum."""
    ends = time.monotonic() + RUN_S
    done = 0
    while count := _once(runtime, batch):
        done += count
        if time.monotonic() >= ends:
            break
    return done


def delete_some(session: Session, table: type[Base], old: ColumnElement[bool]) -> int:
    """Delete at most ROWS rows that `old` holds for and nobody works on; return how many."""
    key = inspect(table).primary_key
    some = select(*key).where(old).limit(ROWS).with_for_update(skip_locked=True)
    done = session.execute(delete(table).where(tuple_(*key).in_(some)).execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)  # noqa: S101 - what a DELETE gives
    return done.rowcount


def _once(runtime: Runtime, batch: Callable[[Session], int]) -> int:
    with unit_of_work(runtime, role=SYSTEM) as session:
        return batch(session)
