"""The command line: what one process of each kind does (`flask --app wsgi …`)."""

from __future__ import annotations

import os
import signal
import threading

import click
from flask import Flask
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import select

from app.config import ROOT
from app.flows.pages.why import ask_why
from app.flows.pages.why.derivation import derive
from app.flows.pages.why.derivation_text import derivation_text
from app.flows.syncing import sync
from app.kit import engines, periodic, runtime
from app.kit import ticker as kit_ticker
from app.kit.errors import NotFound
from app.kit.queue import QUEUES, worker_connection
from app.kit.work import unit_of_work
from app.shops.models import Shop, ShopStatus

MAINTENANCE_S = 60
MONITORING_S = 5


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for one in (migrate, worker, ticker, reconcile, why):
        app.cli.add_command(one)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema, creating the roles the app works as."""
    # Here, not above: every process imports this module and only this command needs Alembic.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415

    config = AlembicConfig(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", runtime.current().config.database_url.replace("%", "%%"))
    command.upgrade(config, "head")


@click.command()
@click.argument("queue", type=click.Choice(QUEUES))
def worker(queue: str) -> None:
    """Serve one queue. One queue per process: with two, RQ loses the job of a killed worker."""
    here = runtime.current()
    engines.refuse_powerful_roles(here.engines)
    for work in here.work:
        if work.queue == queue:
            work.make_ready()  # before the fork, so that every job shares it
    here.engines.dispose()  # a connection must not be shared with the forked job
    connection = worker_connection(here.config.redis_url)
    Worker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITORING_S,
        default_worker_ttl=MAINTENANCE_S,
        log_job_description=False,
    ).work(logging_level="WARNING", with_scheduler=False)


@click.command()
def ticker() -> None:
    """Ring each second for whatever waits. Several may run: leases make the extra ones harmless."""
    here = runtime.current()
    engines.refuse_powerful_roles(here.engines)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with unit_of_work(here) as session:
        periodic.plan(session, here.parts["periodic"])
    kit_ticker.run(here, stop)
    here.engines.dispose()
    os._exit(0)  # nothing is left to flush, and a hanging client thread must not keep the process


@click.command()
@click.option("--shop", "domain", help="The myshopify.com domain of one shop; without it every installed shop.")
def reconcile(domain: str | None) -> None:
    """Read everything changed since the last pass from Shopify, now."""
    here = runtime.current()
    with unit_of_work(here) as session:
        query = select(Shop.id, Shop.domain).where(Shop.status == ShopStatus.ACTIVE).order_by(Shop.id)
        shops = session.execute(query if domain is None else query.where(Shop.domain == domain)).all()
    if domain is not None and not shops:
        raise click.BadParameter(f"No installed shop {domain}.", param_hint="--shop")
    for shop in shops:
        pages = sync.walk(here, shop.id)
        click.echo(f"{shop.domain}: {pages} pages read")


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
