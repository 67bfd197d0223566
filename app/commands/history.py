"""Read a shop's past, or say how far that is."""

from __future__ import annotations

import time

import click
from sqlalchemy import select

from app.flows.syncing.importing import begin, run
from app.flows.syncing.importing.progress import Progress, progress
from app.kit import runtime
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.orders.imports import Baseline
from app.shops.models import Shop

TURN_S = 20.0
BETWEEN_S = 2.0


@click.command()
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.option("--again", is_flag=True, help="Read the past anew from its beginning; what is known stays as it is.")
@click.option("--here", is_flag=True, help="Do it in this process and stay until orders and lines are read.")
def history(domain: str, *, again: bool, here: bool) -> None:
    """Say how far the reading of a shop's past is, and the baseline frozen from it; begin it where asked."""
    wired = runtime.current()
    with unit_of_work(wired) as session:
        shop_id = session.scalar(select(Shop.id).where(Shop.domain == domain.strip().lower()))
    if shop_id is None:
        raise click.BadParameter(f"No shop {domain} is known.", param_hint="--shop")
    known = _progress(wired, shop_id)
    if again or known is None:
        with unit_of_work(wired, shop_id=shop_id) as session:
            begin.begin(session, shop_id)
        known = _progress(wired, shop_id)
    if known is not None:
        click.echo(known.words)
    while here and known is not None and not known.is_read:
        run.read_on(wired, shop_id, time.monotonic() + TURN_S)
        known = _progress(wired, shop_id)
        click.echo(known.words if known else "")
        if known is not None and not known.is_read:
            time.sleep(BETWEEN_S)
    with unit_of_work(wired, shop_id=shop_id) as session:
        frozen = session.scalars(select(Baseline).where(Baseline.shop_id == shop_id)).one_or_none()
        if frozen is not None:
            click.echo(f"Baseline of {frozen.since:%Y-%m-%d} to {frozen.until:%Y-%m-%d}, never computed again:")
            for name, value in sorted(frozen.figures.items()):
                click.echo(f"  {name}: {value}")


def _progress(wired: Runtime, shop_id: int) -> Progress | None:
    with unit_of_work(wired, shop_id=shop_id) as session:
        return progress(session)
