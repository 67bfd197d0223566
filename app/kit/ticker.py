"""The only part that knows time: each second it looks for waiting work and rings; without Redis it does the work."""

from __future__ import annotations

import threading
import time

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.kit import epoch
from app.kit.engines import SYSTEM
from app.kit.models import Heartbeat
from app.kit.runtime import Runtime, Work
from app.kit.work import unit_of_work

BEAT_S = 1.0
GATEWAY_BEAT_S = 0.2  # a demo day is jumped hour by hour, and every hour waits for the ticker to see it

log = structlog.get_logger()


def tick(runtime: Runtime) -> None:
    """Move the clock, beat the heart, and ring for every kind of work that waits."""
    for before in runtime.parts.get("before_tick", ()):
        before(runtime)
    with unit_of_work(runtime, role=SYSTEM) as session:
        epoch.note(session)  # before the first beat, which would hide when the copy was made
        beat(session, "ticker")
        waiting = [work for work in runtime.work if work.waiting(session)]
    alone = bool(waiting) and not runtime.doorbell.reachable()
    for work in waiting:
        if alone:
            _do(runtime, work)
        else:
            runtime.doorbell.ring(work.queue)


def _do(runtime: Runtime, work: Work) -> None:
    try:
        work.do(runtime)
    except SQLAlchemyError:
        raise  # a database that does not answer is waited for
    except Exception as failure:
        log.error("work_failed", queue=work.queue, doer=work.doer, exc_info=failure)


def beat(session: Session, process: str) -> None:
    """Show that `process` is alive."""
    row = insert(Heartbeat).values(process=process, beat_at=func.now())
    session.execute(row.on_conflict_do_update(index_elements=["process"], set_={"beat_at": func.now()}))


def run(runtime: Runtime, stop: threading.Event) -> None:
    """Tick once a second until `stop` is set; a database that does not answer is waited for."""
    beat_s = BEAT_S if runtime.config.gateway_url is None else GATEWAY_BEAT_S
    while not stop.is_set():
        started = time.monotonic()
        try:
            tick(runtime)
        except SQLAlchemyError as failure:
            log.warning("tick_failed", fault=type(failure).__name__)
        stop.wait(max(0.0, beat_s - (time.monotonic() - started)))
