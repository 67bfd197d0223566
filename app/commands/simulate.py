"""Replay a shop's past: as it was, or as if a flow had been another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select

from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow, flow_document
from app.flows.replay.ask import ask
from app.flows.replay.compare import compared, left
from app.flows.replay.history.load import frame
from app.flows.replay.history.past import Past
from app.flows.replay.question import Question
from app.flows.replay.told import compared_words, difference_words, report_words
from app.kit import runtime
from app.kit.clock import business_now
from app.kit.work import unit_of_work
from app.shops.models import Shop


@click.command()
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400), help="How far back.")
@click.option("--as-it-was", is_flag=True, help="Replay what happened, and say where what was sent differs.")
@click.option("--flow", "file", type=click.Path(exists=True, path_type=Path, dir_okay=False), help="A flow document.")
@click.option("--against", type=int, help="A version of the same flow to compare it with.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="How many to replay on.")
def simulate(
    domain: str, days: int, *, as_it_was: bool, file: Path | None, against: int | None, processes: int
) -> None:
    """Say what a flow document would have sent in the last days, or whether what was sent comes out again."""
    if as_it_was == (file is not None):
        raise click.UsageError("Say either --as-it-was or --flow FILE.")
    here = runtime.current()
    with unit_of_work(here) as session:
        shop_id = session.scalar(select(Shop.id).where(Shop.domain == domain.strip().lower()))
    if shop_id is None:
        raise click.BadParameter(f"No shop {domain} is known.", param_hint="--shop")
    with unit_of_work(here, shop_id=shop_id) as session:
        now = business_now(session)
        since = now - timedelta(days=days)
        around = frame(session)
        really = left(session, since) if as_it_was else {}
    if file is None:
        told = ask(here, shop_id, Question(since, now), processes=processes)
        found = compared(really, told.outcomes, since)
        _say(compared_words(found))
        if found.others:
            raise click.exceptions.Exit(1)
        return
    document = _read(file)
    older = _version(around, document, against) if against is not None else None
    told = ask(here, shop_id, Question(since, now, document, older), processes=processes)
    _say(report_words(told.report))
    if older is not None:
        _say(difference_words(told.difference))


def _read(file: Path) -> FlowDocument:
    try:
        return flow_document(json.loads(file.read_text(encoding="utf-8")))
    except WrongFlow as wrong:
        raise click.ClickException("\n".join(f"{path}: {text}" for path, text in wrong.errors.items())) from wrong
    except ValueError as problem:
        raise click.ClickException("The file is not JSON in UTF-8.") from problem


def _version(past: Past, document: FlowDocument, number: int) -> FlowDocument:
    for flow in past.flows:
        if flow.flow.key == document.key and any(each == number for _, each, _ in flow.versions):
            return flow.document(number)
    raise click.BadParameter(f"{document.key} has no version {number}.", param_hint="--against")


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
