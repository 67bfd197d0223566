"""Say whether the sending of every shop halts, halt it, and let it go on."""

from __future__ import annotations

import click

from app.flows.planning.by_hand.halt import Standing, halt, let_go_on, standing
from app.flows.planning.by_hand.release import OnResume
from app.kit import runtime
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work

OPERATOR = "operator"
# Not `skip`: what is left out there is the merchant's to leave out.
CHOICES = click.Choice([each.value.replace("_", "-") for each in OnResume if each is not OnResume.SKIP])


@click.command()
@click.option("--halt", "words", metavar="WHY", help="Hold every message of every shop from now on.")
@click.option("--release", "choice", type=CHOICES, help="Let all go on, and do this with what waited.")
def halted(words: str | None, choice: str | None) -> None:
    """Say whether all sending halts because too much was planned or somebody said so; halt it or let it go on."""
    if words is not None and choice is not None:
        raise click.UsageError("Choose one: --halt or --release.")
    here = runtime.current()
    if choice is not None:
        done = let_go_on(here, OnResume(choice.replace("-", "_")), by=OPERATOR)
        click.echo(
            f"{done.released + done.shifted} messages go on, {done.left_out} are left out."
            " For a day, nothing halts by itself."
        )
        return
    with unit_of_work(here, role=SYSTEM) as session:
        if words is not None:
            halt(session, words, business_now(session), by=OPERATOR)
        found = standing(session)
    click.echo("Nothing halts: every shop sends." if found is None else _words(found))


def _words(found: Standing) -> str:
    return "\n".join(
        (
            f"All sending halts since {found.since:%Y-%m-%d %H:%M:%S} UTC, by the {found.by}: {found.words}.",
            f"Waiting so far: {found.waiting} messages of {found.shops} shops. More are held as they come due.",
            "Next: find out why; then `--release drop-late` leaves out what is over a day late and sends the rest.",
            "`--release send` sends the late ones too, `shift` moves all of it by as long as it waited.",
        )
    )
