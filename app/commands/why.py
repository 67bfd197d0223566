"""Answer why a message was sent, was not, or waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.pages.why import ask_why
from app.flows.pages.why.derivation import derive_all
from app.flows.pages.why.derivation_text import derivation_text
from app.flows.pages.why.entered import InFlow, entered
from app.flows.words.count_words import counted
from app.kit import runtime
from app.kit.errors import NotFound
from app.kit.work import unit_of_work
from app.shops.models import Shop

Find = Callable[[Session, str], ask_why.Question]


@click.command()
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.option("--order", help="An order's name, as #1402.")
@click.option("--email", help="A person's address.")
@click.option("--message", help="A message's number as the app shows it, or a mail's Message-ID.")
@click.option("--customer", help="A customer's number, Shopify's or the app's.")
@click.option("--page", default=1, type=click.IntRange(1), help="The first page has the latest messages.")
def why(
    domain: str, order: str | None, email: str | None, message: str | None, customer: str | None, page: int
) -> None:
    """Tell why messages were sent, were not, or wait, and why an order is in no flow: what the app shows."""
    ways: tuple[tuple[Find, str | None], ...] = (
        (ask_why.of_order, order),
        (ask_why.of_address, email),
        (ask_why.of_customer, customer),
        (ask_why.of_message, message),
    )
    asked = [(find, named) for find, named in ways if named is not None]
    if len(asked) != 1:
        raise click.UsageError("Name one of --order, --email, --customer and --message.")
    find, named = asked[0]
    here = runtime.current()
    with unit_of_work(here) as session:
        shop_id = session.scalar(select(Shop.id).where(Shop.domain == domain.strip().lower()))
    if shop_id is None:
        raise click.BadParameter(f"No shop {domain} is known.", param_hint="--shop")
    with unit_of_work(here, shop_id=shop_id) as session:
        try:
            told = answer(session, find(session, named), page)
        except NotFound as nothing:
            raise click.ClickException(f"This shop has nothing under {named}{_on(page)}.") from nothing
        click.echo("\n\n".join(told))


def answer(session: Session, question: ask_why.Question, number: int) -> list[str]:
    """Return the paragraphs of one page of an answer. Raise NotFound beyond the last page."""
    page = ask_why.page_of(session, question, number)
    told = [question.first] if question.first else []
    told += [derivation_text(each) for each in derive_all(session, page.ids)]
    if not page.messages:
        told.append("Nothing was ever planned.")
    flows = entered(session, page.orders)
    told += [_flows(order.name, flows[order.id]) for order in page.orders]
    if number < page.pages:
        told.append(
            f"{_of_them(page.messages)} Page {number} of {page.pages}; --page {number + 1} tells of earlier ones."
        )
    return told


def _of_them(messages: int) -> str:
    return f"{counted(messages, 'message')} in all."


def _on(page: int) -> str:
    return f" on page {page}" if page > 1 else ""


def _flows(name: str, flows: Iterable[InFlow]) -> str:
    return "\n".join([f"Flows of order {name}:", *(f"  {each.flow}: {each.words}" for each in flows)])
