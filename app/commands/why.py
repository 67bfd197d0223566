"""Answer why a message was sent, was not, or waits."""

from __future__ import annotations

import click
from sqlalchemy import select

from app.flows.pages.why import ask_why
from app.flows.pages.why.derivation import derive
from app.flows.pages.why.derivation_text import derivation_text
from app.kit import runtime
from app.kit.errors import NotFound
from app.kit.work import unit_of_work
from app.shops.models import Shop


@click.command()
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.option("--order", help="An order's name, as #1402.")
@click.option("--email", help="A person's address.")
@click.option("--message", help="A message's number as the app shows it, or a mail's Message-ID.")
def why(domain: str, order: str | None, email: str | None, message: str | None) -> None:
    """Tell why messages were sent, were not, or wait: the same derivation the app shows."""
    ways = ((ask_why.of_order, order), (ask_why.of_address, email), (ask_why.of_message, message))
    asked = [(find, named) for find, named in ways if named is not None]
    if len(asked) != 1:
        raise click.UsageError("Name one of --order, --email and --message.")
    find, named = asked[0]
    here = runtime.current()
    with unit_of_work(here) as session:
        shop_id = session.scalar(select(Shop.id).where(Shop.domain == domain.strip().lower()))
    if shop_id is None:
        raise click.BadParameter(f"No shop {domain} is known.", param_hint="--shop")
    with unit_of_work(here, shop_id=shop_id) as session:
        try:
            ids = find(session, named)
        except NotFound as nothing:
            raise click.ClickException(f"This shop has nothing under {named}.") from nothing
        click.echo("\n\n".join(derivation_text(derive(session, each)) for each in ids) or "Nothing was ever planned.")
