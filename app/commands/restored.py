"""Say how things stand after the database was put back from a backup, and let sending go on."""

from __future__ import annotations

from typing import TextIO

import click

from app.flows.planning.changed.restored import NotReadYet, Standing, let_go_on, standing
from app.kit import runtime
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.logged import WrongLog, take_in


@click.command()
@click.option("--log", type=click.File(encoding="utf-8"), help="The mail server's log: Message-IDs it accepted.")
@click.option("--release", is_flag=True, help="Let sending go on.")
@click.option("--log-is-whole", is_flag=True, help="The log covers the lost time: what it does not name did not leave.")
def restored(log: TextIO | None, *, release: bool, log_is_whole: bool) -> None:
    """Say what waits since the database was put back; read a log of accepted mails; let sending go on."""
    here = runtime.current()
    with unit_of_work(here, role=SYSTEM) as session:
        found = standing(session)
        if log is not None:
            if found is None:
                raise click.UsageError("A log is read only while sending waits for a restoration; nothing waits.")
            try:
                click.echo(f"{take_in(session, log)} mails read from the log.")
            except WrongLog as fault:
                raise click.BadParameter(str(fault), param_hint="--log") from fault
    if not release:
        click.echo("Nothing waits: the database is the one we left." if found is None else _words(found))
        return
    try:
        done = let_go_on(here, log_is_whole=log_is_whole)
    except NotReadYet as wait:
        raise click.ClickException(
            f"{len(wait.shops)} shops have not been read again yet: {', '.join(wait.shops[:5])}."
            " Run `flask --app wsgi reconcile`, or wait."
        ) from wait
    click.echo(f"{done.released} messages go on; {done.left_out} had become too old.")


def _words(found: Standing) -> str:
    lines = [
        f"Lost: {found.lost_from:%Y-%m-%d %H:%M:%S} to {found.lost_until:%Y-%m-%d %H:%M:%S} UTC.",
        f"Waiting: {found.waiting} messages. Nothing is sent.",
    ]
    if found.unread:
        lines.append(f"Not read again yet: {', '.join(found.unread[:5])} ({len(found.unread)} shops).")
    lines.append("Next: `--log FILE` with what the mail server accepted, then `--release` (with `--log-is-whole`).")
    return "\n".join(lines)
