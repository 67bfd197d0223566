"""The one RQ entry point: a ring means "look at the rows of this queue now"."""

from __future__ import annotations

import structlog

from app.kit import runtime

log = structlog.get_logger()


class LookFailed(Exception):
    """Stand for whatever went wrong: RQ keeps tracebacks in Redis, where nothing personal may end up."""


def look(queue: str) -> None:
    """Do every kind of work the queue serves; one kind's failure does not keep the others waiting."""
    failed: list[str] = []
    for work in runtime.current().work:
        if work.queue == queue:
            try:
                work.do(runtime.current())
            except Exception as failure:  # the edge of a job
                log.error("work_failed", queue=queue, doer=work.doer, exc_info=failure)
                failed.append(f"{work.doer}: {type(failure).__name__}")
    if failed:
        raise LookFailed("; ".join(failed))
