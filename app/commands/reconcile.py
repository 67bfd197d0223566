"""Read from Shopify what changed."""

from __future__ import annotations

import click
from sqlalchemy import select

from app.commands.refused_words import refused_words
from app.flows.syncing import sync
from app.kit import runtime
from app.kit.work import unit_of_work
from app.shopify.models import SyncCursor
from app.shops.models import Shop, ShopStatus


@click.command()
@click.option("--shop", "domain", help="The myshopify.com domain of one shop; without it every installed shop.")
def reconcile(domain: str | None) -> None:
    """Read everything changed since the last pass from Shopify, now. Ends with 1 where a shop could not be read."""
    here = runtime.current()
    with unit_of_work(here) as session:
        query = select(Shop.id, Shop.domain).where(Shop.status == ShopStatus.ACTIVE).order_by(Shop.id)
        shops = session.execute(query if domain is None else query.where(Shop.domain == domain)).all()
    if domain is not None and not shops:
        raise click.BadParameter(f"No installed shop {domain}.", param_hint="--shop")
    unread = []
    for shop in shops:
        pages = sync.walk(here, shop.id)
        with unit_of_work(here, shop_id=shop.id) as session:
            fault = session.scalar(select(SyncCursor.last_fault).where(SyncCursor.shop_id == shop.id))
        if fault is None:
            click.echo(f"{shop.domain}: {pages} pages read")
        else:
            unread.append(shop.domain)
            click.echo(f"{shop.domain}: not read to its end, after {pages} pages: {refused_words(fault)}", err=True)
    if unread:
        raise click.ClickException(f"{len(unread)} of {len(shops)} shops not read: {', '.join(unread)}.")
