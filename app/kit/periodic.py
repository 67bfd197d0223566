"""Periodic jobs: rows with a next time (business time) and a lease, so that any number of tickers run each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import business_now
from app.kit.leases import is_free
from app.kit.models import PeriodicJob
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

LEASE = timedelta(minutes=10)
RETRY_AFTER = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Periodic:
    """Name one periodic job: how often, and the dotted path of what takes the runtime."""

    every: timedelta
    doer: str


def plan(session: Session, jobs: Mapping[str, Periodic]) -> None:
    """Give every known job a row, due now."""
    for name in jobs:
        row = insert(PeriodicJob).values(name=name, next_run_at=business_now(session))
        session.execute(row.on_conflict_do_nothing())


def waiting(session: Session) -> bool:
    """Tell whether any periodic job is due and free."""
    return session.scalar(_due(session).limit(1)) is not None


def run_due(runtime: Runtime) -> None:
    """Run every due job once. A failing one is tried again in a minute, and its fault is kept."""
    jobs: Mapping[str, Periodic] = runtime.parts["periodic"]
    while (name := _claim(runtime)) is not None:
        job = jobs.get(name)
        failure: str | None = None
        if job is not None:
            module, _, function = job.doer.rpartition(".")
            try:
                getattr(import_module(module), function)(runtime)
            except Exception as problem:  # the edge of a job
                log.error("periodic_failed", name=name, exc_info=problem)
                failure = type(problem).__name__
        fault.point("J2")
        wait = timedelta(days=36_500) if job is None else (RETRY_AFTER if failure else job.every)
        with unit_of_work(runtime) as session:
            now = business_now(session)
            session.execute(
                update(PeriodicJob)
                .where(PeriodicJob.name == name)
                .values(next_run_at=now + wait, last_run_at=now, last_fault=failure, lease_until=None),
            )


def _due(session: Session) -> Select[str]:
    free = is_free(PeriodicJob.lease_until)
    return select(PeriodicJob.name).where(PeriodicJob.next_run_at <= business_now(session), free)


def _claim(runtime: Runtime) -> str | None:
    with unit_of_work(runtime) as session:
        name: str | None = session.scalar(
            _due(session).order_by(PeriodicJob.next_run_at).limit(1).with_for_update(skip_locked=True)
        )
        if name is not None:
            session.execute(
                update(PeriodicJob).where(PeriodicJob.name == name).values(lease_until=func.now() + LEASE),
            )
    if name is not None:
        fault.point("J1")
    return name
