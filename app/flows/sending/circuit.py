"""Hold what is far beyond the usual, a shop's plan or that of all: more likely a fault than a feast.

Nothing is dropped. A shop is paused as by hand, the merchant is told, and whoever resumes is not asked again for a day.
Where many shops are beyond at once it is ours: all of them halt until an operator lets them go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import DateTime, bindparam, func, select, true
from sqlalchemy.orm import Session

from app.flows.models import Flow, FollowUp, ShopLease
from app.flows.planning.by_hand.halt import halt, is_known_to_be_right
from app.flows.planning.by_hand.pause import is_let_pass, pause_unusual
from app.flows.rules.unusual import DAYS, LEAST, LEAST_OF_ALL, TIMES, beyond_of_all, usual
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.rows.question import SHOP, Question, ask
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work

NEXT: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MOST_KEPT: Final = 10_000

_usual: dict[tuple[int, datetime], float] = {}  # of this process, by shop and hour: what is past does not change

log = structlog.get_logger()


# No further than it matters: nearly always there are few, and then nothing else is asked.
PLANNED: Final = Question(
    select(FollowUp.id)
    .where(
        FollowUp.shop_id == SHOP,
        FollowUp.due_at >= bindparam("hour", type_=DateTime(timezone=True)),
        FollowUp.due_at < bindparam("ends", type_=DateTime(timezone=True)),
    )
    .limit(LEAST)
)


def watch(session: Session, now: datetime) -> None:
    """Pause the shop where the last hour holds 200 messages or more, and over five times the usual; locks it then."""
    shop_id, hour = entered_shop(session), _hour_until(now)
    (rows,) = ask(session, (PLANNED, {"hour": hour, "ends": hour + HOUR}))
    if len(rows) < LEAST or not _has_run(session, now):
        return
    expected = _usual_at(session, shop_id, hour)
    most = int(expected * TIMES)
    if _planned(session, hour, most + 1) <= most or is_let_pass(session, now):
        return
    pause_unusual(session, f"{_planned(session, hour, None):,} messages within an hour, {expected:,.0f} is usual")


def watch_all(runtime: Runtime) -> None:
    """Halt every shop where what all of them planned for the last hour or the coming one is far beyond the usual."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        now = business_now(session)
        if is_known_to_be_right(session, now):
            return
        for hour in (_hour_until(now), now):
            planned = _planned_by_shop(session, hour, now)
            if sum(planned.values()) < LEAST_OF_ALL:
                continue
            before = [_planned_by_shop(session, hour - DAY * day, now) for day in range(1, DAYS + 1)]
            found = beyond_of_all(planned, before)
            if found is not None:
                words = f"{found.planned:,} messages within an hour over many shops, {found.usual:,.0f} is usual"
                halt(session, words, now, by="circuit")
                log.error("all_shops_halted", planned=found.planned, usual=round(found.usual))
                return


def _hour_until(now: datetime) -> datetime:
    """Return when the hour begins that ends with now, rounded up to five minutes."""
    ends = now + (NEXT - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond))
    return ends - HOUR


def _planned(session: Session, hour: datetime, up_to: int | None) -> int:
    """Return how many messages were planned for an hour, counting no further than `up_to`."""
    rows = (
        select(FollowUp.id)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.due_at >= hour, FollowUp.due_at < hour + HOUR)
        .limit(up_to)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _planned_by_shop(session: Session, hour: datetime, now: datetime) -> dict[int, int]:
    """Return how many messages each shop planned for an hour, of those that have run for a week; asked as system.

    One step into an index for each shop: however many messages there are, no others are read.
    """
    in_hour = (FollowUp.shop_id == ShopLease.shop_id) & (FollowUp.due_at >= hour) & (FollowUp.due_at < hour + HOUR)
    counted = select(func.count().label("planned")).select_from(FollowUp).where(in_hour).lateral()
    started = select(func.min(Flow.started_at)).where(Flow.shop_id == ShopLease.shop_id).scalar_subquery()
    rows = session.execute(
        select(ShopLease.shop_id, counted.c.planned).join(counted, true()).where(started <= now - DAY * DAYS)
    )
    return {shop_id: planned for shop_id, planned in rows if planned}


def _usual_at(session: Session, shop_id: int, hour: datetime) -> float:
    known = _usual.get((shop_id, hour))
    if known is None:
        known = usual([_planned(session, hour - DAY * day, None) for day in range(1, DAYS + 1)])
        if len(_usual) > MOST_KEPT:
            _usual.clear()
        _usual[shop_id, hour] = known
    return known


def _has_run(session: Session, now: datetime) -> bool:
    started = select(func.min(Flow.started_at)).where(Flow.shop_id == entered_shop(session))
    since = session.scalar(started)
    return since is not None and since <= now - DAY * DAYS
