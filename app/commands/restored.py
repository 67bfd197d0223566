"""Say how things stand after the database was put back from a backup, and let sending go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

import click

from app.commands.refused_words import refused_words
from app.flows.planning.changed.restored import (
    NothingToLeave,
    NotReadYet,
    Standing,
    Unread,
    left_behind,
    let_go_on,
    standing,
)
from app.kit import runtime
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.logged import WrongLog, take_in


@click.command()
@click.option("--log", type=click.File(encoding="utf-8"), help="The mail server's log: Message-IDs it accepted.")
@click.option("--release", is_flag=True, help="Let sending go on.")
@click.option(
    "--leave",
    multiple=True,
    metavar="DOMAIN",
    help="With --release: go on without this shop. Its messages wait until Shopify lets it be read again.",
)
@click.option("--log-is-whole", is_flag=True, help="The log covers the lost time: what it does not name did not leave.")
def restored(log: TextIO | None, *, release: bool, leave: tuple[str, ...], log_is_whole: bool) -> None:
    """Say what waits since the database was put back; read a log of accepted mails; let sending go on."""
    here = runtime.current()
    with unit_of_work(here, role=SYSTEM) as session:
        found, left = standing(session), left_behind(session)
        if log is not None:
            if found is None:
                raise click.UsageError("A log is read only while sending waits for a restoration; nothing waits.")
            try:
                click.echo(f"{take_in(session, log)} mails read from the log.")
            except WrongLog as fault:
                raise click.BadParameter(str(fault), param_hint="--log") from fault
    if leave and not release:
        raise click.UsageError("--leave goes with --release.")
    if not release:
        click.echo(_nothing(left) if found is None else _words(found))
        return
    try:
        done = let_go_on(here, log_is_whole=log_is_whole, leave=leave)
    except NotReadYet as wait:
        raise click.ClickException("\n".join(_unread(wait.shops, most=20))) from wait
    except NothingToLeave as wrong:
        words = f"Nothing waits for {', '.join(wrong.domains)}: it was read again, or is no shop that has the app."
        raise click.BadParameter(words, param_hint="--leave") from wrong
    click.echo(f"{done.released} messages go on; {done.left_out} had become too old.")
    with unit_of_work(here, role=SYSTEM) as session:
        left = left_behind(session)
    if left:  # those named, and those that have to be connected anew
        click.echo(_left(left))


def _nothing(left: Sequence[str]) -> str:
    return _left(left) if left else "Nothing waits: the database is the one we left."


def _left(domains: Sequence[str]) -> str:
    return (
        f"Left behind: {', '.join(domains)}. Nothing is sent for them until Shopify lets them be read again; then"
        " what waits goes on by itself, and what has become too old by then is left out."
    )


def _unread(shops: Sequence[Unread], most: int) -> Iterator[str]:
    yield f"{len(shops)} shops have not been read again yet:"
    for each in shops[:most]:
        yield f"  {each.domain}: {refused_words(each.fault) if each.fault else 'its reading is under way.'}"
    if len(shops) > most:
        yield f"  and {len(shops) - most} more"
    yield "Run `flask --app wsgi reconcile`, or wait. Where Shopify lets nobody read a shop, --leave DOMAIN goes on"
    yield "without it: nothing is sent for it until it was read again, for what we know of it is old."


def _words(found: Standing) -> str:
    lines = [
        f"Lost: {found.lost_from:%Y-%m-%d %H:%M:%S} to {found.lost_until:%Y-%m-%d %H:%M:%S} UTC.",
        f"Waiting: {found.waiting} messages. Nothing is sent.",
    ]
    if found.unread:
        lines += _unread(found.unread, most=5)
    lines.append("Next: `--log FILE` with what the mail server accepted, then `--release` (with `--log-is-whole`).")
    return "\n".join(lines)
