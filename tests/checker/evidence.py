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
class Pause:
    """A merchant's pause: from when they were told it holds until they pressed to go on, and what was to become of it.

    choice: "send" all that waited, "drop_late" what is over a day late, "skip" it all, "shift" it by the pause.
    """

    shop: str
    since: datetime
    until: datetime
    choice: str


@dataclass(frozen=True)
class Edit:
    """A version published: `step` comes `days` after the arrival from then on; runs under way `moved` or not.

    Between `tried_at` and `done_at` (None: never answered well) either version may hold.
    """

    shop: str
    step: str
    days: int
    moved: bool
    tried_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Press:
    """A button pressed about one message, and in which words the page answered; no answer came where there are none.

    `row` is what the button's address names, `step`, `order` and `parcel` (Shopify's ids; or a single `line`) what the
    page says it is about. button: leave_out, plan_again (it ended unsent), send_again or leave_it (it may have left).
    """

    shop: str
    button: str
    row: int
    step: str
    order: int
    parcel: int | None
    line: int | None
    asked_at: datetime
    answered_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Evidence:
    """Hold everything the checker may look at.

    truth: what happened, in order. Each has `at`, `kind`, `shop` (domain), `order` (Shopify's id or None), what the
        kind needs, and in `hooks` the ids of the webhooks that told of it.
    acks: webhook id → when the app first answered 200 to it, with its shop and topic.
    stops: unsubscribes answered 200: (shop, address, when). pauses, edits, presses: what merchants did.
    agreed: what Shopify's record says in the end: (shop, address, person, state, whether they are gone there).
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
    pauses: Sequence[Pause] = ()
    edits: Sequence[Edit] = ()
    presses: Sequence[Press] = ()
    agreed: Sequence[tuple[str, str, int, str, bool]] = ()
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
