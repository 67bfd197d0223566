"""Read what a person's choices about mail are now, each with where it comes from and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.customers.models import Preference
from app.customers.wish_topics import AtMost
from app.customers.wishes import latest
from app.flows.words.day_words import date_words
from app.flows.words.people.choice_words import choice_words, chooser_words
from app.kit.rows.among import among
from app.kit.work import entered_shop

AS_AT_FIRST: Final = frozenset({"on", "resumed", AtMost.EVERYTHING})  # a choice taken back needs no line


def chosen(session: Session, customer_id: int, zone: ZoneInfo, now: datetime) -> list[str]:
    """Return a sentence for each choice that holds: "Switched review requests off (since Monday 2 March, from …)."."""
    rows = [row for row in latest(session, customer_id) if row.value not in AS_AT_FIRST and not _is_over(row, now)]
    titles = product_titles(session, rows)
    return [
        f"{choice_words(row.topic, row.value, titles.get(row.product_shopify_id, 'a product'))}"
        f"{f' until {date_words(row.until, zone, now)}' if row.until else ''}"
        f" (since {date_words(row.happened_at, zone, now)}, from {chooser_words(row.source, row.done_by)})."
        for row in rows
    ]


def product_titles(session: Session, rows: Sequence[Preference]) -> dict[int | None, str]:
    """Return the titles of the products that choices are about, by Shopify's id."""
    ids = {row.product_shopify_id for row in rows if row.product_shopify_id is not None}
    if not ids:
        return {}
    known = session.execute(
        select(Product.shopify_id, Product.title).where(
            Product.shop_id == entered_shop(session), among(Product.shopify_id, ids)
        )
    )
    return {row.shopify_id: row.title for row in known}


def _is_over(row: Preference, now: datetime) -> bool:
    return row.until is not None and row.until <= now
