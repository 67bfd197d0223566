"""Answer why a message was sent, was not, or waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.pages.why import ask_why
from app.flows.pages.why.derivation import derive_all
from app.flows.pages.why.derivation_text import derivation_text
from app.flows.pages.why.entered import entered
from app.kit import runtime
from app.kit.errors import NotFound
from app.kit.work import unit_of_work
from app.orders.models import Order
from app.shops.models import Shop

MOST: Final = 20  # orders whose flows are told, the latest
Find = Callable[[Session, str], list[int]]
Orders = Callable[[Session, str], list[Order]]


@click.command()
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.option("--order", help="An order's name, as #1402.")
@click.option("--email", help="A person's address.")
@click.option("--message", help="A message's number as the app shows it, or a mail's Message-ID.")
@click.option("--customer", help="A customer's number, Shopify's or the app's.")
def why(domain: str, order: str | None, email: str | None, message: str | None, customer: str | None) -> None:
    """Tell why messages were sent, were not, or wait, and why an order is in no flow: what the app shows."""
    ways: tuple[tuple[Find, Orders | None, str | None], ...] = (
        (ask_why.of_order, ask_why.orders_of_order, order),
        (ask_why.of_address, ask_why.orders_of_address, email),
        (ask_why.of_customer, ask_why.orders_of_customer, customer),
        (ask_why.of_message, None, message),
    )
    asked = [(find, orders, named) for find, orders, named in ways if named is not None]
    if len(asked) != 1:
        raise click.UsageError("Name one of --order, --email, --customer and --message.")
    find, orders, named = asked[0]
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
        told = [derivation_text(each) for each in derive_all(session, ids)] or ["Nothing was ever planned."]
        told += [_flows(session, each) for each in (orders(session, named)[-MOST:] if orders is not None else ())]
        click.echo("\n\n".join(told))


def _flows(session: Session, order: Order) -> str:
    lines = [f"  {each.flow}: {each.words}" for each in entered(session, order)]
    return "\n".join([f"Flows of order {order.name}:", *lines])
