"""Ask whether Redis answers, and whether every process has shown lately that it lives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from app.commands.health.finding import Finding, ago, look, well, wrong
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.models import Heartbeat, PeriodicJob
from app.kit.queue import QUEUES
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

ANSWERS_S = 3.0
SILENT = timedelta(seconds=30)  # the ticker shows itself each second
OVERDUE = timedelta(minutes=15)


def check_redis(runtime: Runtime) -> Iterator[Finding]:
    """Tell whether Redis answers and who serves each queue."""
    redis = Redis.from_url(runtime.config.redis_url, socket_connect_timeout=ANSWERS_S, socket_timeout=ANSWERS_S)
    try:
        redis.ping()
        queues = {name: Queue(name, connection=redis, serializer=JSONSerializer) for name in QUEUES}
        serving = {name: len(Worker.all(queue=queue)) for name, queue in queues.items()}  # those whose key still lives
    except RedisError as problem:
        remedy = "Work goes on, more slowly, by the ticker alone. Start Redis, or check REDIS_URL."
        yield wrong("redis", f"does not answer ({type(problem).__name__})", remedy)
        return
    finally:
        redis.close()
    yield well("redis", "answers")
    for name, count in serving.items():
        if count:
            yield well("workers", f"{count} for {name}")
        else:
            yield wrong("workers", f"none for {name}", f"Start `flask --app wsgi worker {name}`.")


def check_ticker(runtime: Runtime) -> Iterator[Finding]:
    """Tell when the ticker was last seen, and which periodic jobs fail or do not come round."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        beat = session.get(Heartbeat, "ticker")
        now = session.scalars(select(func.now())).one()
        late = business_now(session) - OVERDUE
        jobs = session.scalars(select(PeriodicJob).order_by(PeriodicJob.name)).all()
    if beat is None or now - beat.beat_at > SILENT:
        seen = "was never seen" if beat is None else f"was last seen {ago(now - beat.beat_at)} ago"
        yield wrong("ticker", seen, "Start `flask --app wsgi ticker`: without it nothing that is due is noticed.")
    else:
        yield well("ticker", f"seen {ago(now - beat.beat_at)} ago")
    failing = [f"{job.name} ({job.last_fault})" for job in jobs if job.last_fault]
    stuck = [job.name for job in jobs if job.next_run_at < late]
    if failing:
        yield look("periodic jobs", f"failed at their last run: {', '.join(failing)}", "The log has each one's fault.")
    if stuck:
        yield wrong("periodic jobs", f"overdue: {', '.join(stuck)}", "See that ticker and the worker for bulk run.")
    if jobs and not failing and not stuck:
        yield well("periodic jobs", f"all {len(jobs)} come round")
