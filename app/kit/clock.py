"""The only place that reads the clock.

Real time serves tokens, signatures, OAuth and leases. Business time serves due times and every business decision: it is
real time plus the offset in `clock_offset`, which only the simulated store can move.

Business time is one for all machines: where a machine's clock is off by more than a minute, it goes by the database's.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Integer, SmallInteger, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base

ASKEW = timedelta(minutes=1)
TELL_S = 600.0

log = structlog.get_logger()
told = {"at": -TELL_S}  # when it was last said that this machine's clock is off


class ClockOffset(Base):
    """Hold how far business time runs ahead of real time, in seconds: one row."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    offset_s: Mapped[int] = mapped_column(Integer, default=0)


def real_now() -> datetime:
    """Return the machine's time as an aware UTC instant."""
    return datetime.now(UTC)


def offset(session: Session) -> timedelta:
    """Return how far business time is ahead of real time, read once per session."""
    if "clock_offset" not in session.info:
        session.connection()  # entering a shop reads it on the way
    if "clock_offset" not in session.info:
        offset_s = select(ClockOffset.offset_s).scalar_subquery()
        note_clock(session, *session.execute(select(func.coalesce(offset_s, 0), func.clock_timestamp())).one())
    known: timedelta = session.info["clock_offset"]
    return known


def note_clock(session: Session, offset_s: int, database_now: datetime) -> None:
    """Take what was read on the way: the offset, and the database's clock; what the session has known before stays."""
    if "clock_offset" not in session.info:
        session.info["clock_offset"] = timedelta(seconds=offset_s)
        session.info["clock_behind"] = _behind(database_now - real_now())


def _behind(by: timedelta) -> timedelta:
    """Return by how much this machine's clock is to be put right: not at all for what any two clocks differ by."""
    if abs(by) <= ASKEW:
        return timedelta()
    if time.monotonic() - told["at"] > TELL_S:
        told["at"] = time.monotonic()
        log.warning("machine_clock_askew", behind_s=int(by.total_seconds()))
    return by


def business_now(session: Session) -> datetime:
    """Return the instant business decisions are made at, as aware UTC."""
    ahead = offset(session)
    behind: timedelta = session.info["clock_behind"]
    return real_now() + behind + ahead
