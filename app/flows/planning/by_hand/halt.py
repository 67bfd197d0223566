"""Halt the sending of every shop, and let it go on: what an operator does where the fault is ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState, Halt
from app.flows.planning.by_hand.pause import lock_shop
from app.flows.planning.by_hand.release import OnResume, Released, release
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

LET_PASS: Final = timedelta(hours=24)  # for which letting go vouches for what was unusual
HELD: Final = (FollowUp.state == FollowUpState.HELD) & (FollowUp.reason == Reason.HALTED)
ONE_AT_A_TIME: Final = text("lock table halt in share row exclusive mode")  # hand-offs only read it


@dataclass(frozen=True, slots=True)
class Standing:
    """Say since when (business time) everything halts, by whom and why, and what waits for it."""

    since: datetime
    by: str
    words: str
    waiting: int
    shops: int


def halt(session: Session, words: str, now: datetime, *, by: str) -> None:
    """Hold every message of every shop from now on; while all halts already, nothing changes. As system."""
    session.execute(ONE_AT_A_TIME)
    if halted(session) is None:
        session.add(Halt(halted_at=now, halted_by=by, words=words))
        session.flush()


def halted(session: Session) -> Halt | None:
    """Return the halt that holds; None while shops send."""
    return session.scalars(select(Halt).where(Halt.released_at.is_(None)).order_by(Halt.id).limit(1)).one_or_none()


def is_known_to_be_right(session: Session, now: datetime) -> bool:
    """Tell whether a halt holds already, or an operator has said within a day that the plan is right."""
    known = select(Halt.id).where(Halt.released_at.is_(None) | (Halt.released_at > now - LET_PASS)).limit(1)
    return session.scalar(known) is not None


def standing(session: Session) -> Standing | None:
    """Return how things stand (asked with the system role); None while nothing halts."""
    found = halted(session)
    if found is None:
        return None
    waiting, shops = session.execute(select(func.count(), func.count(FollowUp.shop_id.distinct())).where(HELD)).one()
    return Standing(found.halted_at, found.halted_by, found.words, waiting, shops)


def let_go_on(runtime: Runtime, choice: OnResume, *, by: str) -> Released:
    """End the halt and carry out the choice at every shop; return what came of it. For a day none follows by itself.

    Shops are let go one by one: cut short, the next call goes on with those that are left. Where nothing halts, it says
    ahead that what is planned for the next day is right.
    """
    with unit_of_work(runtime, role=SYSTEM) as session:
        session.execute(ONE_AT_A_TIME)
        now = business_now(session)
        found = halted(session) or Halt(halted_at=now, halted_by=by, words="nothing halted; said to be right ahead")
        found.released_at, found.released_by = now, by
        session.add(found)
        since = found.halted_at
        shops = session.scalars(select(FollowUp.shop_id).where(HELD).distinct().order_by(FollowUp.shop_id)).all()
    done = [_one_shop(runtime, shop_id, choice, since, by) for shop_id in shops]
    return Released(
        sum(each.released for each in done), sum(each.left_out for each in done), sum(each.shifted for each in done)
    )


def _one_shop(runtime: Runtime, shop_id: int, choice: OnResume, since: datetime, by: str) -> Released:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        lock_shop(session)
        return release(session, (Reason.HALTED,), choice, business_now(session), since=since, by=by)
