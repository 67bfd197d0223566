"""Platform tables that belong to no domain: periodic jobs, heartbeats, restorations.

No row-level security; no personal data.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class PeriodicJob(Base):
    """Hold when a periodic job runs next (business time) and who runs it now (lease, real time)."""

    __tablename__ = "periodic_job"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    last_fault: Mapped[str | None]


class Heartbeat(Base):
    """Hold when a process last showed it was alive (real time)."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]


class Epoch(Base):
    """Hold which database this is, so that a copy of it, put back later, can tell that it is one. One row."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    identity: Mapped[str]  # of the cluster, its timeline and the database: app.kit.epoch


class Restoration(Base):
    """Record that an older copy of the database took the place of a newer one: what happened between is not in it.

    While `released_at` is null nothing is sent, and afterwards nothing for the shops left behind. `lost_from` and
    `lost_until` are business time.
    """

    __tablename__ = "restoration"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    lost_from: Mapped[datetime]
    lost_until: Mapped[datetime]
    noted_at: Mapped[datetime]  # real time
    released_at: Mapped[datetime | None]  # real time
    log_is_whole: Mapped[bool] = mapped_column(default=False)  # the log of accepted mails that was read covers it all
    left_behind: Mapped[list[int]] = mapped_column(  # our ids of shops that wait on, until they are read again
        ARRAY(BigInteger), default=list, server_default="{}"
    )
