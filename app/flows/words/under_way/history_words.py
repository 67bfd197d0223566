"""Say how far the reading of a shop's past is, and what was read. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from app.flows.words.count_words import counted

TWO_YEARS, SIXTY_DAYS = "last two years", "last 60 days"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a reading. `left` is None while it is too early to say."""

    is_whole: bool
    orders_read: int
    orders_total: int | None
    is_read: bool
    details_left: int
    left: timedelta | None
    is_waiting: bool
    is_refused: bool
    has_trouble: bool


def history_words(it: Standing) -> str:
    """Return one to four sentences: the fact, then what would change it."""
    period = TWO_YEARS if it.is_whole else SIXTY_DAYS
    if it.is_read:
        return _read(period, it)
    if it.is_refused:
        return f"Your {period} are not read yet: Shopify has not opened customer data to us. We ask again daily."
    if it.is_waiting:
        found = f"{counted(it.orders_total, 'order')} of your {period}" if it.orders_total else f"your {period}"
        trouble = " It did not work the last time; we asked again." if it.has_trouble else ""
        return f"Shopify is getting {found} ready.{trouble} You can leave this page."
    of = f" of {it.orders_total:,} orders" if it.orders_total else " orders"
    rest = f", {_left(it.left)}" if it.left is not None else ""
    trouble = " The line broke; we go on in two minutes." if it.has_trouble else ""
    read = min(it.orders_read, it.orders_total or it.orders_read)
    return f"Reading your {period}: {read:,}{of}{rest}.{trouble} You can leave this page."


def _read(period: str, it: Standing) -> str:
    words = f"Your {period} are read: {counted(it.orders_read, 'order')}. Nobody was written to because of them."
    if it.details_left:
        words += f" Carriers' scans of {counted(it.details_left, 'order')} follow in the background."
    if not it.is_whole:
        words += " Older orders need your leave and Shopify's."
    return words


def _left(left: timedelta) -> str:
    minutes = math.ceil(left.total_seconds() / 60)
    return "less than a minute left" if minutes <= 1 else f"about {minutes} minutes left"
