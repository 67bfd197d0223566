"""Serve one queue."""

from __future__ import annotations

import click
from rq import Queue
from rq.serializers import JSONSerializer

from app.kit import engines, runtime
from app.kit.patient_worker import PatientWorker
from app.kit.queue import QUEUES, worker_connection
from app.kit.rows.question import QUESTIONS

MAINTENANCE_S = 60
MONITORING_S = 5


@click.command()
@click.argument("queue", type=click.Choice(QUEUES))
def worker(queue: str) -> None:
    """Serve one queue. One queue per process: with two, RQ loses the job of a killed worker."""
    here = runtime.current()
    engines.refuse_powerful_roles(here.engines)
    for work in here.work:
        if work.queue == queue:
            work.make_ready()  # before the fork, so that every job shares it
    for question in QUESTIONS:
        question.make_ready()
    here.engines.dispose()  # a connection must not be shared with the forked job
    connection = worker_connection(here.config.redis_url)
    PatientWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITORING_S,
        default_worker_ttl=MAINTENANCE_S,
        log_job_description=False,
    ).work(logging_level="WARNING", with_scheduler=False)
