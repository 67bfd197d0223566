"""The edge of every request and job: one transaction, the shop entered, bells rung after the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction

from app.kit import fault
from app.kit.clock import note_clock
from app.kit.engines import SYSTEM
from app.kit.rows.one_trip import trip
from app.kit.runtime import Runtime


@contextmanager
def unit_of_work(
    runtime: Runtime, *, shop_id: int | None = None, role: str | None = None, committed: str | None = None
) -> Iterator[Session]:
    """Yield a session whose work commits when the block ends well, and then ring what was asked for.

    `shop_id` enters that shop from the first statement; `role=SYSTEM` sees all shops (claims and sweeps only).
    `committed` names the fault point between the commit and the bells.
    An exception rolls everything back and rings nothing.
    """
    engine = runtime.engines.system if role == SYSTEM else runtime.engines.app
    info: dict[str, Any] = {"runtime": runtime, "shop_id": shop_id, "rings": set()}
    with Session(engine, expire_on_commit=False, info=info) as session:
        yield session
        session.commit()
    if committed is not None:
        fault.point(committed)
    for queue in sorted(info["rings"]):
        runtime.doorbell.ring(queue)


def enter_shop(session: Session, shop_id: int) -> None:
    """Enter a shop inside a running transaction: jobs often learn the shop from the row they took."""
    session.flush()
    session.info["shop_id"] = shop_id
    _set_shop(session, session.connection())


def entered_shop(session: Session) -> int:
    """Return the shop this session works for; raise LookupError when none was entered."""
    shop_id: int | None = session.info.get("shop_id")
    if shop_id is None:
        message = "no shop entered"
        raise LookupError(message)
    return shop_id


def ring_after_commit(session: Session, queue: str) -> None:
    """Ring `queue` once this session's outermost transaction has committed."""
    session.info["rings"].add(queue)


# Most transactions need the business clock too, and it costs nothing on the way.
ENTER = "select set_config('app.shop_id', %(shop)s, true), (select offset_s from clock_offset), clock_timestamp()"


def _set_shop(session: Session, connection: Connection) -> None:
    (((_, offset, now),),) = trip(connection, [(ENTER, {"shop": str(session.info["shop_id"])})])
    note_clock(session, offset or 0, now)


@event.listens_for(Session, "after_begin")
def _enter_on_begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    # Also fires for savepoints, where setting it again is harmless.
    if session.info.get("shop_id") is not None:
        _set_shop(session, connection)
