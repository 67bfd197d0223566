"""Hold a shop whose plan for one hour is far beyond what that hour usually holds: more likely a fault than a feast.

What an engine plans wrongly it plans by the thousand. Nothing is dropped: the shop is paused as by hand, the merchant
is told, and whoever resumes is not asked again for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.models import Flow, FollowUp
from app.flows.planning.pause import is_let_pass, pause_unusual
from app.kit.work import entered_shop

LEAST: Final = 200  # an hour; below it nobody is flooded
TIMES: Final = 5  # as many as usual
DAYS: Final = 7  # whose same hour is what is usual; a shop that has not run so long has no usual hour
NEXT: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
MOST_KEPT: Final = 10_000

_usual: dict[tuple[int, datetime], float] = {}  # of this process, by shop and hour: what is past does not change


def watch(session: Session, now: datetime) -> None:
    """Pause the shop where the last hour holds 200 messages or more, and over five times the usual; locks it then."""
    shop_id, hour = entered_shop(session), _hour_until(now)
    if _planned(session, hour, LEAST) < LEAST or not _has_run(session, now):
        return
    usual = _usual_at(session, shop_id, hour)
    most = int(usual * TIMES)
    if _planned(session, hour, most + 1) <= most or is_let_pass(session, now):
        return
    pause_unusual(session, f"{_planned(session, hour, None):,} messages within an hour, {usual:,.0f} is usual")


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


def _usual_at(session: Session, shop_id: int, hour: datetime) -> float:
    known = _usual.get((shop_id, hour))
    if known is None:
        known = sum(_planned(session, hour - timedelta(days=day), None) for day in range(1, DAYS + 1)) / DAYS
        if len(_usual) > MOST_KEPT:
            _usual.clear()
        _usual[shop_id, hour] = known
    return known


def _has_run(session: Session, now: datetime) -> bool:
    started = select(func.min(Flow.started_at)).where(Flow.shop_id == entered_shop(session))
    since = session.scalar(started)
    return since is not None and since <= now - timedelta(days=DAYS)
