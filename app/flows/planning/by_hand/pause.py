"""Pause all sending of a shop, and resume it. Locks the shop as the hand-off does: a committed pause always wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.release import LATE, OnResume, Released, release
from app.flows.rules.reasons import Reason
from app.flows.words.people.who_words import CIRCUIT, MAIL_SERVER
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.shops.models import Shop
from app.shops.settings import Circuit, Pause, load, save

LET_PASS = timedelta(hours=24)  # for which a resume vouches for what was unusual
UNSENT = (FollowUpState.SCHEDULED, FollowUpState.HELD, FollowUpState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Count what a pause holds: everything planned, what has fallen due meanwhile, and when the first of it ends."""

    planned: int
    due: int
    late: int  # over a day late: what a resume leaves out by default
    first_end: datetime | None


def pause_all(session: Session, *, by: str) -> None:
    """Hold everything from now on; a second pause changes nothing."""
    _pause(session, Pause(paused_by=by))


def pause_refused(session: Session, words: str, follow_up_id: int) -> None:
    """Hold everything of a shop whose mail the server refuses; while something is paused already, nothing changes."""
    _pause(session, Pause(paused_by=MAIL_SERVER, words=words, follow_up_id=follow_up_id))


def pause_unusual(session: Session, words: str) -> None:
    """Hold everything of a shop whose plan is far beyond the usual; while something is paused, nothing changes."""
    _pause(session, Pause(paused_by=CIRCUIT, words=words))


def is_let_pass(session: Session, now: datetime) -> bool:
    """Tell whether the merchant has said that an unusual plan is right."""
    until = load(session, Circuit).open_until
    return until is not None and now < datetime.fromisoformat(until)


def _pause(session: Session, pause: Pause) -> None:
    lock_shop(session)
    if load(session, Pause).since is None:
        paused = replace(pause, paused_at=business_now(session).isoformat())
        save(session, paused, by=pause.paused_by or "")


def resume(session: Session, choice: OnResume, *, by: str) -> Released:
    """End the pause and carry out the choice for what waited; without a pause nothing happens."""
    lock_shop(session)
    since = load(session, Pause).since
    if since is None:
        return Released()
    if load(session, Pause).paused_by == CIRCUIT:
        save(session, Circuit((business_now(session) + LET_PASS).isoformat()), by=by)
    save(session, Pause(), by=by)
    return release(session, (Reason.SHOP_PAUSED,), choice, business_now(session), since=since, overdue=True, by=by)


def waiting(session: Session) -> Waiting:
    """Return what a pause holds, or would hold."""
    now = business_now(session)
    held = (FollowUp.state == FollowUpState.HELD) & (FollowUp.reason == Reason.SHOP_PAUSED)
    due = held | ((FollowUp.state == FollowUpState.SCHEDULED) & (FollowUp.due_at < now))
    row = session.execute(
        select(
            func.count().label("planned"),
            func.count().filter(due).label("due"),
            func.count().filter(due & (FollowUp.due_at < now - LATE)).label("late"),
            func.min(FollowUp.expires_at).filter(due).label("first_end"),
        ).where(FollowUp.shop_id == entered_shop(session), FollowUp.state.in_(UNSENT))
    ).one()
    return Waiting(row.planned, row.due, row.late, row.first_end)


def lock_shop(session: Session) -> None:
    """Hold the shop's row: the hand-off shares it, so that it sees our commit or we wait for its."""
    session.execute(select(Shop.id).where(Shop.id == entered_shop(session)).with_for_update()).all()
