"""Platform tables that belong to no domain: periodic jobs and heartbeats. No row-level security; no personal data."""

from __future__ import annotations

from datetime import datetime

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
