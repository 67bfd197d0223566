"""Reduce what was ever said about marketing consent to what holds now, whatever the order it was heard in. Pure.

Shopify dates statements in whole seconds, so seconds are compared. Of statements of one second the stricter holds.
A person who was two customers before a merge has said things as each: the stricter of them holds until the person
speaks again as the customer that was kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

SUBSCRIBED: Final = "subscribed"
UNSUBSCRIBED: Final = "unsubscribed"
# The stricter first. A word Shopify may add one day is no agreement.
STRICTNESS: Final = ("redacted", "invalid", UNSUBSCRIBED, "not_subscribed", "unknown", "pending", SUBSCRIBED)
OWN: Final = 0  # `said_of` where a statement is the customer's own


class Source(StrEnum):
    """Name where a statement about consent, or a choice, comes from."""

    SHOPIFY_ORDER = "shopify_order"  # the buyer in an order
    SHOPIFY_CUSTOMER = "shopify_customer"  # the customer's record, asked for
    SHOPIFY_CONSENT = "shopify_consent"  # the consent topic
    OUR_LINK = "our_link"  # the unsubscribe link of a mail
    PREFERENCES = "preferences"  # the page of choices
    MERCHANT = "merchant"
    MERGE = "merge"  # said as a customer who was merged into this one


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold one statement; `said_of` is our id of the merged customer it was made as, merged at `joined_at`."""

    state: str
    happened_at: datetime
    source: str = ""
    said_of: int = OWN
    joined_at: datetime | None = None


def holds(statements: Iterable[Statement]) -> Statement | None:
    """Return the statement that holds now, None where nothing was ever said."""
    by_customer: dict[int, list[Statement]] = defaultdict(list)
    for each in statements:
        by_customer[each.said_of].append(each)
    latest = {customer: min(said, key=_latest_first) for customer, said in by_customer.items()}
    own = latest.get(OWN)
    standing = [each for each in latest.values() if each is own or not _spoken_since(own, each)]
    return min(standing, key=_strictest_first, default=None)


def strictness(state: str) -> int:
    """Return the rank of a state, 0 for the strictest; what nobody knows ranks as unknown."""
    return STRICTNESS.index(state if state in STRICTNESS else "unknown")


def whole_second(at: datetime) -> datetime:
    """Return the instant as Shopify would date it."""
    return at.replace(microsecond=0)


def _spoken_since(own: Statement | None, merged: Statement) -> bool:
    return own is not None and merged.joined_at is not None and own.happened_at > merged.joined_at


def _latest_first(each: Statement) -> tuple[float, int, datetime, str]:
    return (-whole_second(each.happened_at).timestamp(), strictness(each.state), each.happened_at, each.source)


def _strictest_first(each: Statement) -> tuple[int, float, datetime, str, int]:
    second = -whole_second(each.happened_at).timestamp()
    return (strictness(each.state), second, each.happened_at, each.source, each.said_of)
