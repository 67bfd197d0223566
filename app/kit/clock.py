"""The only place that reads the clock.

Real time serves tokens, signatures, OAuth and leases. Business time serves due times and every business decision: it is
real time plus the offset in `clock_offset`, which only the simulated store can move.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, SmallInteger, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base


class ClockOffset(Base):
    """Hold how far business time runs ahead of real time, in seconds: one row."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    offset_s: Mapped[int] = mapped_column(Integer, default=0)


def real_now() -> datetime:
    """Return the machine's time as an aware UTC instant."""
    return datetime.now(UTC)


def offset(session: Session) -> timedelta:
    """Return how far business time is ahead, read once per session."""
    if "clock_offset" not in session.info:
        session.connection()  # entering a shop reads it on the way
    known: timedelta | None = session.info.get("clock_offset")
    if known is None:
        known = timedelta(seconds=session.scalar(select(ClockOffset.offset_s)) or 0)
        session.info["clock_offset"] = known
    return known


def note_offset(session: Session, seconds: int) -> None:
    """Take the offset as read on the way; what the session has known before stays."""
    session.info.setdefault("clock_offset", timedelta(seconds=seconds))


def business_now(session: Session) -> datetime:
    """Return the instant business decisions are made at, as aware UTC."""
    return real_now() + offset(session)
