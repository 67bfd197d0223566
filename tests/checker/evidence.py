"""What the outside saw of a run: mails, acknowledgements, truth. And a way to ask the database plain questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Happening = Mapping[str, Any]


@dataclass(frozen=True)
class Mail:
    """One mail a receiver accepted, in its own log's words."""

    at: datetime
    message_id: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Evidence:
    """Hold everything the checker may look at.

    truth: what happened, in order. Each has `at`, `kind`, `shop` (domain), `order` (Shopify's id or None), what the
        kind needs, and in `hooks` the ids of the webhooks that told of it.
    acks: webhook id → when the app first answered 200 to it, with its shop and topic.
    stops: unsubscribes answered 200: (shop, address, when). pauses: (shop, from, until) as the merchant saw them.
    excused: the part before the @ of Message-IDs for which a fault was injected between hand-off and recorded answer.
    unsaid: Message-IDs whose final answer never left the receiver. refused: addresses a 5xx was said to.
    rows: asks the database plain SQL; it sees every shop.
    """

    truth: Sequence[Happening]
    mails: Sequence[Mail]
    rows: Callable[[str], Sequence[tuple[Any, ...]]]
    ended_at: datetime
    shops: Mapping[str, tuple[str, str]]  # domain → (name, zone)
    acks: Mapping[str, tuple[str, str, datetime]] = field(default_factory=dict)
    stops: Sequence[tuple[str, str, datetime]] = ()
    pauses: Sequence[tuple[str, datetime, datetime]] = ()
    excused: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Violation:
    """Say which law was broken, by what."""

    law: str
    words: str

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.law}: {self.words}"
