"""The command line: what one process of each kind does, and what an operator asks (`flask --app wsgi …`)."""

from __future__ import annotations

from flask import Flask

from app.commands.flows_bundle import export, import_
from app.commands.halted import halted
from app.commands.health.doctor import doctor
from app.commands.history import history
from app.commands.migrate import migrate
from app.commands.reconcile import reconcile
from app.commands.restored import restored
from app.commands.simulate import simulate
from app.commands.ticker import ticker
from app.commands.why import why
from app.commands.worker import worker


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for one in (migrate, worker, ticker, reconcile, doctor, halted, history, restored, simulate, why, export, import_):
        app.cli.add_command(one)
