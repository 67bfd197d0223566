"""The one RQ entry point: a ring means "look at the rows of this queue now"."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.kit import runtime
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime, Work
from app.kit.work import unit_of_work

ENOUGH_S: Final = 45.0  # no kind takes longer by itself, and RQ ends a job after two minutes

log = structlog.get_logger()


class LookFailed(Exception):
    """Stand for whatever went wrong: RQ keeps tracebacks in Redis, where nothing personal may end up."""


def look(queue: str) -> None:
    """Do every kind of work of the queue that waits; one kind's failure does not keep the others waiting.

    Begun with another kind each second and ended when it has taken long enough, so that none starves behind another;
    what is left is rung for again.
    """
    kinds = [work for work in runtime.current().work if work.queue == queue]
    began = time.monotonic()
    first = int(began) % len(kinds)
    failed: list[str] = []
    for work in _waiting(runtime.current(), kinds[first:] + kinds[:first]):
        if time.monotonic() - began >= ENOUGH_S:
            break
        try:
            work.do(runtime.current())
        except Exception as failure:  # the edge of a job
            log.error("work_failed", queue=queue, doer=work.doer, exc_info=failure)
            failed.append(f"{work.doer}: {type(failure).__name__}")
    if failed:
        raise LookFailed("; ".join(failed))


def _waiting(running: Runtime, kinds: Sequence[Work]) -> Sequence[Work]:
    """Return the kinds something waits for: of eight, seven would each look for their next row in vain."""
    if len(kinds) == 1:
        return kinds
    try:
        with unit_of_work(running, role=SYSTEM) as session:
            return [work for work in kinds if work.waiting(session)]
    except SQLAlchemyError as failure:
        name = type(failure).__name__
    raise LookFailed(f"nobody could say what waits: {name}")
