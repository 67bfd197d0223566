"""Ask every check and say what each found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from app.commands.health import database, mail_server, processes, rights, settings, shops, waiting
from app.commands.health.finding import Check, Finding, Level, wrong
from app.kit import runtime
from app.kit.runtime import Runtime

ALONE: Sequence[Check] = (settings.check, processes.check_redis, mail_server.check)
OF_DATABASE: Sequence[Check] = (
    database.check_clock,
    rights.check,
    processes.check_ticker,
    mail_server.check_way_out,
    waiting.check,
    shops.check,
)


@click.command()
def doctor() -> None:
    """Say whether this installation is well, a line a thing: what is, and what to do. Ends with 1 if one is wrong."""
    count = dict.fromkeys(Level, 0)
    for each in _findings(runtime.current()):
        count[each.level] += 1
        click.echo(f"{each.level:<5}  {each.about}: {each.fact}{'' if each.fact.endswith('.') else '.'}")
        if each.remedy:
            click.echo(f"       {each.remedy}")
    click.echo(f"{count[Level.WRONG]} wrong, {count[Level.LOOK]} to look at, {count[Level.WELL]} well.")
    if count[Level.WRONG]:
        raise SystemExit(1)


def _findings(here: Runtime) -> Iterator[Finding]:
    """Yield what the checks find; where the database does not answer, nobody asks it further."""
    for check in ALONE:
        yield from check(here)
    try:
        yield from database.check(here)
    except SQLAlchemyError as problem:
        remedy = "Start it, or check DATABASE_URL. What lies in it was not asked."
        yield wrong(database.ABOUT, f"does not answer ({_name(problem)})", remedy)
        return
    for check in OF_DATABASE:
        try:
            yield from check(here)
        except SQLAlchemyError as problem:
            about = check.__module__.rpartition(".")[2]
            yield wrong(about, f"could not be asked ({_name(problem)})", "See the findings above.")


def _name(problem: SQLAlchemyError) -> str:
    """Return what the database's fault is called; its text names hosts and users."""
    return type(getattr(problem, "orig", None) or problem).__name__
