"""Ask about orders from before, a few a day: started and stopped by the merchant, each order taken in once.

A day's orders enter the look-back flow like any other run; the same table decides about each when it is due.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.forms import flow_json
from app.flows.language.happenings import Event
from app.flows.language.looking_back import DOCUMENT, LOOK_BACK
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow, FlowState, FlowVersion, LookBack, LookBackState
from app.flows.planning.by_hand.release import OnResume, release_flow
from app.flows.planning.enrol import start_run
from app.flows.planning.look_back.survey import Walk, survey
from app.flows.planning.publishing.save_flow import lock_flows
from app.flows.planning.publishing.switch_flow import switch_off
from app.flows.planning.runs.look import look
from app.flows.runs.triggers import Occasion
from app.kit import fault
from app.kit.clock import business_now
from app.kit.each_shop import each_shop
from app.kit.engines import SYSTEM
from app.kit.errors import Invalid
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.shops.whose_turn import connected
from app.shops.zone import shop_zone

MONTHS: Final = (1, 3, 6, 12)
CAPS: Final = range(1, 501)
A_MONTH: Final = timedelta(days=30)
MORNING: Final = time(6)


def reach(now: datetime, months: int) -> datetime:
    """Return from when on arrivals count."""
    return now - A_MONTH * months


def supposed_flow(session: Session) -> Flow:
    """Return the look-back flow, one that is not stored where no campaign was started yet."""
    known = published.flows(session).get(LOOK_BACK)
    return known or Flow(id=0, shop_id=entered_shop(session), key=LOOK_BACK, state=FlowState.RUNNING, version=1)


def begin(session: Session, *, months: int, daily_cap: int, by: str) -> None:
    """Start a campaign, or go on with a stopped one under new numbers. Raises Invalid."""
    if months not in MONTHS:
        raise Invalid("Choose one, three, six or twelve months.", field="months")
    if daily_cap not in CAPS:
        raise Invalid(f"A day's number must be {CAPS[0]} to {CAPS[-1]}. You entered {daily_cap}.", field="daily_cap")
    lock_flows(session)
    if not published.is_running(session):
        raise Invalid(
            "Start your flows first: whoever orders now comes before whoever ordered long ago.", field="state"
        )
    now = business_now(session)
    flow = published.flows(session).get(LOOK_BACK) or _new_flow(session, now, by)
    flow.state, flow.paused_at, flow.paused_by = FlowState.RUNNING, None, None
    flow.started_at = flow.started_at or now
    values = {
        "state": LookBackState.RUNNING,
        "since": reach(now, months),
        "months": months,
        "daily_cap": daily_cap,
        "started_at": now,
        "started_by": by,
        "next_at": now,
    }
    session.execute(
        insert(LookBack)
        .values(values | {"shop_id": entered_shop(session), "recruited": 0})
        .on_conflict_do_update(index_elements=["shop_id"], set_=values)
    )
    session.flush()
    release_flow(session, flow.id, OnResume.DROP_LATE, now, by=by)


def stop(session: Session, *, by: str) -> None:
    """Take nobody in any more and hold what is planned. Twice is once."""
    row = _mine(session)
    if row is not None and row.state is LookBackState.RUNNING:
        row.state = LookBackState.STOPPED
        switch_off(session, LOOK_BACK, by=by)


def current(session: Session) -> LookBack | None:
    """Return the shop's campaign, None where there never was one."""
    return session.scalars(select(LookBack).where(LookBack.shop_id == entered_shop(session))).one_or_none()


def recruit(runtime: Runtime) -> int:
    """Take the day's orders in where a campaign's day has come; return how many."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        due = select(LookBack.shop_id).where(
            LookBack.state == LookBackState.RUNNING,
            LookBack.next_at <= business_now(session),
            LookBack.shop_id.in_(connected()),
        )
        shops = session.scalars(due.order_by(LookBack.shop_id)).all()
    return sum(each_shop("look_back", shops, partial(recruit_in, runtime)))


def recruit_in(runtime: Runtime, shop_id: int) -> int:
    """Take one shop's day in, once; the campaign is over when in its whole reach nobody is left to ask.

    Each look over the next orders is a transaction of its own; cut off between two, the day goes on with what is left.
    """
    walk, count = Walk(), 0
    while (taken := _take_in(runtime, shop_id, walk)) is not None:
        count += taken
    return count


def _take_in(runtime: Runtime, shop_id: int, walk: Walk) -> int | None:
    """Take in who is found among the next orders; return how many, None where the day is over."""
    with unit_of_work(runtime, shop_id=shop_id, committed="F2") as session:
        row, now = _mine(session), business_now(session)
        if row is None or row.state is not LookBackState.RUNNING or row.next_at > now:
            return None
        walk.day = walk.day or row.next_at
        if walk.day != row.next_at:
            return None  # who slept into the next day has passed over some whose turn may have come
        flow, document = published.current(session)[LOOK_BACK]
        before = _taken_since(session, flow, row.next_at)
        look_over = survey(session, flow, row.since, now, walk)
        found = look_over.going[: max(0, row.daily_cap - before)]
        for each in found:
            order = each.gathered.order
            parcel_id = each.gathered.enrollment.subject_id
            occasion = Occasion(Event.DELIVERED, Subject.FULFILLMENT, parcel_id, now)
            start_run(session, flow, document, order, occasion)
            session.flush()
            look(session, order.id)
        row.recruited += len(found)
        fault.point("F1")
        today = before + len(found)
        if today >= row.daily_cap or not look_over.is_cut:
            row.next_at = next_morning(now, shop_zone(session))
            row.state = row.state if today else LookBackState.DONE
        return len(found)


def _taken_since(session: Session, flow: Flow, since: datetime) -> int:
    mine = (Enrollment.shop_id == flow.shop_id) & (Enrollment.flow_id == flow.id)
    return session.scalar(select(func.count()).select_from(Enrollment).where(mine, Enrollment.entered_at >= since)) or 0


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next morning at the shop: a day's orders are taken in before its hours begin."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)


def _mine(session: Session) -> LookBack | None:
    return session.scalars(
        select(LookBack).where(LookBack.shop_id == entered_shop(session)).with_for_update()
    ).one_or_none()


def _new_flow(session: Session, now: datetime, by: str) -> Flow:
    flow = Flow(shop_id=entered_shop(session), key=LOOK_BACK, state=FlowState.RUNNING, version=1)
    session.add(flow)
    session.flush()
    session.add(
        FlowVersion(
            shop_id=flow.shop_id,
            flow_id=flow.id,
            number=1,
            document=flow_json(DOCUMENT),
            published_at=now,
            published_by=by,
        )
    )
    session.flush()
    return flow
