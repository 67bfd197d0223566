"""One person's timeline: what is planned on top, then what happened, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered, gather
from app.flows.facts.people import first_name
from app.flows.models import FollowUp, FollowUpState
from app.flows.pages.people import past_answers, past_messages, past_orders, past_parcels
from app.flows.pages.people.entries import PER_PAGE, Entry, Span, Whose, newest
from app.flows.pages.why.last_try import last_tries
from app.flows.pages.why.verdicts import last_decisions, verdict
from app.flows.rules.decision import Skip
from app.flows.rules.guard import decide
from app.flows.rules.reasons import OF_HOURS
from app.flows.timing.limits import Limits
from app.flows.words.day_words import clock_words, date_words
from app.flows.words.decided.explain import reason_words
from app.flows.words.described.step_words import step_name, when_words

MOST_PLANNED: Final = 30

PAST: Final[tuple[Callable[[Session, Whose, Span], list[Entry]], ...]] = (
    past_orders.orders,
    past_parcels.parcels,
    past_parcels.late,
    past_orders.reversals,
    past_answers.consent,
    past_answers.choices,
    past_messages.messages,
    past_messages.heard,
    past_answers.reviews,
)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Hold one page of it. `older_than` is where the next page begins; None on the last."""

    planned: tuple[Entry, ...]
    planned_count: int
    past: tuple[Entry, ...]
    older_than: datetime | None


def timeline(session: Session, whose: Whose, zone: ZoneInfo, now: datetime, before: datetime | None = None) -> Timeline:
    """Return a page of the timeline; what is planned stands on the first one alone. `zone` is the merchant's clock."""
    span = Span(before)
    found = newest(entry for read in PAST for entry in read(session, whose, span) if span.holds(entry.at))
    more = len(found) > PER_PAGE
    page = _first_page(found) if more else found
    count, coming = (0, []) if before is not None else _planned(session, whose, zone, now)
    return Timeline(
        planned=tuple(coming),
        planned_count=count,
        past=tuple(replace(entry, when=_when(entry.at, zone, now)) for entry in page),
        older_than=page[-1].at if more else None,
    )


def _first_page(found: list[Entry]) -> list[Entry]:
    """Cut where the instant changes: the next page begins before one, and would lose the rest of one cut in two."""
    cut_at = found[PER_PAGE].at
    return [entry for entry in found if entry.at > cut_at] or [entry for entry in found if entry.at == cut_at]


def _planned(session: Session, whose: Whose, zone: ZoneInfo, now: datetime) -> tuple[int, list[Entry]]:
    """Return how many are planned, and the first of them by when they are due."""
    mine = (
        FollowUp.shop_id == whose.shop_id,
        FollowUp.order_id.in_(whose.orders()),
        FollowUp.state != FollowUpState.DONE,
    )
    count = session.scalar(select(func.count(FollowUp.id)).where(*mine)) or 0
    ids = session.scalars(
        select(FollowUp.id).where(*mine).order_by(FollowUp.due_at, FollowUp.id).limit(MOST_PLANNED)
    ).all()
    last = last_decisions(session, ids)
    tried = last_tries(session, ids)
    shown = []
    for one in gather(session, ids):
        waits = verdict(one, last.get(one.follow_up.id), now, zone)
        waits = waits or tried.get(one.follow_up.id, "")
        waits = waits or _left_out(one, zone, now)
        shown.append(_coming(one, waits, zone, now))
    return count, shown


def _left_out(one: Gathered, zone: ZoneInfo, now: datetime) -> str:
    """Return why it would be left out when it is due, if nothing changes until then; "" where it would not."""
    verdict = decide(one.facts, Limits(), max(now, one.follow_up.due_at))
    if not isinstance(verdict, Skip):
        return ""
    person = first_name(one.person.customer, one.order)
    return f"As things stand: {reason_words(verdict.reason, one.facts, person, until=None, now=now, yours=zone)}"


def _coming(one: Gathered, waits: str, zone: ZoneInfo, now: datetime) -> Entry:
    row = one.follow_up
    title = f"{step_name(row.step)} · order {one.order.name}"
    if row.state is FollowUpState.HELD:
        return Entry(row.due_at, title, waits, "On hold", "warning", row.id, "When it may go on")
    if row.state is FollowUpState.CLAIMED:
        return Entry(row.due_at, title, "", "Being sent", "info", row.id, "Now")
    badge = "" if row.reason is None or row.reason in OF_HOURS else "Waits"
    when = when_words(one.facts, now, zone)
    return Entry(row.due_at, title, waits, badge, "info", row.id, f"{when[0].upper()}{when[1:]}")


def _when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"{date_words(at, zone, now)}, {clock_words(at, zone)}"
