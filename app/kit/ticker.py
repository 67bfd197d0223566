"""The only part that knows time: each second it looks for waiting work and rings; without Redis it does the work."""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable
from typing import Final

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
STDERR: Final = 2
HANGS_S: Final = 150.0  # no kind of work takes a third of it (kit/jobs.py)
GATEWAY_BEAT_S = 0.2  # a demo day is jumped hour by hour, and every hour waits for the ticker to see it

log = structlog.get_logger()


def tick(runtime: Runtime, comes_round: Callable[[], None] = lambda: None) -> None:
    """Move the clock, beat the heart, and ring for every kind of work that waits; `comes_round` after each one done."""
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
            comes_round()
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


def run(runtime: Runtime, stop: threading.Event, hangs_s: float = HANGS_S) -> None:
    """Tick once a second until `stop` is set; a database that does not answer is waited for.

    Where nothing comes round for `hangs_s`, a line without an answer holds the loop for ever: the process says on
    standard error where it stands and ends with 1, for whoever supervises it to start it again.
    """
    beat_s = BEAT_S if runtime.config.gateway_url is None else GATEWAY_BEAT_S

    def comes_round() -> None:
        faulthandler.dump_traceback_later(hangs_s, exit=True, file=STDERR)

    try:
        while not stop.is_set():
            comes_round()
            started = time.monotonic()
            try:
                tick(runtime, comes_round)
            except SQLAlchemyError as failure:
                log.warning("tick_failed", fault=type(failure).__name__)
            stop.wait(max(0.0, beat_s - (time.monotonic() - started)))
    finally:
        faulthandler.cancel_dump_traceback_later()
