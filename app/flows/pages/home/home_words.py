"""Say what the first page shows in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.flows.pages.home.home import Home, Line
from app.flows.planning.by_hand.pause import Waiting
from app.flows.words.count_words import counted
from app.flows.words.day_words import clock_words, next_words, on_day
from app.flows.words.decided.outcome_words import BADGES
from app.flows.words.described.step_words import due_words, is_overdue, step_name
from app.flows.words.people.access_words import status_words
from app.flows.words.people.who_words import who_words


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a list, in words."""

    id: int
    person: str
    customer_id: int | None
    order: str
    step: str
    when: str
    badge: str = ""
    tone: str = "auto"
    can_skip: bool = False


HALTED: Final = "Nothing goes out until whoever runs Welltimed lets it go on."
UNREAD: Final = "Nothing goes out until your shop was read again."


def status(home: Home, waiting: Waiting) -> str:
    """Return the status in a sentence or two: "14 sent today, next at 16:05.", or what a pause holds."""
    since = home.pause.since
    if since is not None:
        first = "It" if waiting.planned == 1 else "The first of them"
        end = (
            f" {first} is too old to send {on_day(waiting.first_end, home.zone, home.now)}."
            if waiting.first_end is not None
            else ""
        )
        by = f" by {who_words(home.pause.paused_by)}" if home.pause.paused_by else ""
        paused = f"Paused{by} {on_day(since, home.zone, home.now)} at {clock_words(since, home.zone)}."
        return f"{paused} {counted(waiting.planned, 'message waits', 'messages wait')}.{end}"
    sent = f"{home.sent_count:,} sent today" if home.sent_count else "None sent yet today"
    if stopped := _stopped(home):
        return f"{sent}. {stopped}"
    if home.next_at is None:
        return f"{sent}. The next message goes out {_without_day(home)}."
    return f"{sent}, next {next_words(home.next_at, home.zone, home.now)}."


def later(home: Home) -> str:
    """Return what stands where nothing goes out soon."""
    if stopped := _stopped(home):
        return stopped
    if home.next_at is None:
        return f"Nothing within a day. The next message goes out {_without_day(home)}."
    return f"Nothing within a day. The next one goes out {next_words(home.next_at, home.zone, home.now)}."


def _stopped(home: Home) -> str:
    """Return why nothing goes out, where it is not the merchant's pause; "" where it does."""
    if home.halted or home.unread:
        return HALTED if home.halted else UNREAD
    return status_words(home.withheld) if home.withheld is not None else ""


def _without_day(home: Home) -> str:
    return "once a parcel has arrived, or with the next order" if home.planned_count else "with the next order"


def lines(home: Home, found: Sequence[Line]) -> list[Shown]:
    """Return list rows in words: what went out by the shop's clock, what is planned by each person's own."""
    return [_shown(home, line) for line in found]


def pause_words(waiting: Waiting) -> str:
    """Return what pausing does."""
    if waiting.planned == 0:
        return "Nothing is planned. New orders will be planned and wait. On resuming you choose what becomes of them."
    wait = f"{counted(waiting.planned, 'message')} will wait."
    return f"{wait} On resuming you choose; those over a day late are left out by default."


def _shown(home: Home, line: Line) -> Shown:
    badge, tone = BADGES.get(line.state, ("", "auto"))
    when = clock_words(line.at, line.zone) if line.state else due_words(line.at, line.zone, home.now, home.zone)
    if not line.state and is_overdue(line.at, home.now):
        when = f"was due {when}" if home.pause.since is not None else "in a moment"
    return Shown(
        id=line.follow_up_id,
        person=line.person,
        customer_id=line.customer_id,
        order=line.order,
        step=step_name(line.step),
        when=when,
        badge=badge,
        tone=tone,
        can_skip=not line.state,
    )
