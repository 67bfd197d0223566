"""Tell the time to everybody else."""

from __future__ import annotations

import os
import signal
import threading

import click

from app.kit import engines, periodic, runtime
from app.kit import ticker as kit_ticker
from app.kit.work import unit_of_work


@click.command()
@click.option(
    "--hangs-after",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=kit_ticker.HANGS_S,
    show_default=True,
    help="End with 1 where nothing came round for so long.",
)
def ticker(hangs_after: float) -> None:
    """Ring each second for whatever waits. Several may run: leases make the extra ones harmless."""
    here = runtime.current()
    engines.refuse_powerful_roles(here.engines)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with unit_of_work(here) as session:
        periodic.plan(session, here.parts["periodic"])
    kit_ticker.run(here, stop, hangs_after)
    here.engines.dispose()
    os._exit(0)  # nothing is left to flush, and a hanging client thread must not keep the process
