"""Read what the first page shows: whether the flows run, what went out today, what goes out next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.flows.facts.people import full_name, with_buyer
from app.flows.facts.published import is_running
from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.halt import halted
from app.flows.rules.reasons import OF_HOURS, Reason
from app.kit.clock import business_now
from app.kit.epoch import waits_for
from app.kit.work import entered_shop
from app.messages.models import Message, MessageState
from app.shops.data_access import is_open
from app.shops.settings import Pause, load
from app.shops.zone import shop_zone

SHOWN = 20  # rows a list shows; the count beside it tells the rest
AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Line:
    """One message in a list. `at` is UTC; `zone` the clock to show it by. `state` is a message's, "" while planned."""

    follow_up_id: int
    person: str
    customer_id: int | None
    order: str
    step: str
    at: datetime
    zone: ZoneInfo
    state: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Everything the first page shows once a shop's orders are read. Instants are UTC; `zone` is the shop's."""

    now: datetime
    zone: ZoneInfo
    started: bool
    pause: Pause
    sent_count: int
    sent: tuple[Line, ...]
    coming_count: int
    coming: tuple[Line, ...]
    next_at: datetime | None  # of what has a day; what waits for an arrival has none until its latest is near
    planned_count: int
    withheld: int | None  # how many wait for customer data; None while that is open to us
    halted: bool = False  # every shop waits: whoever runs the app looks at it
    unread: bool = False  # this one alone waits, after a restore, until it was read again


def home(session: Session) -> Home:
    """Return the first page's facts for the entered shop."""
    now, zone = business_now(session), shop_zone(session)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    # What is only looked at again at its time, as while a return is open, is told as waiting and not as going out.
    goes = or_(FollowUp.reason.is_(None), FollowUp.reason.in_(OF_HOURS))
    certain = and_(or_(~FollowUp.provisional, FollowUp.due_at < now + AHEAD), goes)
    planned = session.execute(
        select(func.min(FollowUp.due_at).filter(certain).label("next_at"), func.count().label("rows")).where(
            *_mine(session, FollowUp), FollowUp.state == FollowUpState.SCHEDULED
        )
    ).one()
    sent_today = (*_mine(session, Message), Message.accepted_at >= midnight)
    waits = or_(
        and_(FollowUp.state == FollowUpState.SCHEDULED, goes),
        and_(FollowUp.state == FollowUpState.HELD, FollowUp.reason == Reason.SHOP_PAUSED),
    )
    soon = (*_mine(session, FollowUp), waits, FollowUp.due_at < now + AHEAD)
    restoration = waits_for(session, entered_shop(session))
    unread = restoration is not None and restoration.released_at is not None
    return Home(
        now=now,
        zone=zone,
        started=is_running(session),
        pause=load(session, Pause),
        sent_count=session.scalar(select(func.count(Message.id)).where(*sent_today)) or 0,
        sent=_sent(session, midnight, zone),
        coming_count=session.scalar(select(func.count(FollowUp.id)).where(*soon)) or 0,
        coming=_coming(session, soon),
        next_at=planned.next_at,
        planned_count=planned.rows,
        withheld=None if is_open(session) else _withheld(session),
        halted=halted(session) is not None or (restoration is not None and not unread),
        unread=unread,
    )


def _withheld(session: Session) -> int:
    held = (FollowUp.state == FollowUpState.HELD, FollowUp.reason == Reason.AWAITING_DATA_ACCESS)
    return session.scalar(select(func.count(FollowUp.id)).where(*_mine(session, FollowUp), *held)) or 0


def _sent(session: Session, midnight: datetime, zone: ZoneInfo) -> tuple[Line, ...]:
    at = func.coalesce(Message.accepted_at, Message.created_at)
    ended_otherwise = and_(
        Message.state.in_((MessageState.REJECTED, MessageState.UNKNOWN)), Message.created_at >= midnight
    )
    rows = session.execute(
        with_buyer(Message)
        .add_columns(at.label("at"))
        .where(*_mine(session, Message), or_(Message.accepted_at >= midnight, ended_otherwise))
        .order_by(at.desc(), Message.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Line(
            follow_up_id=message.follow_up_id,
            person=full_name(customer, order),
            customer_id=order.customer_id,
            order=order.name,
            step=message.step,
            at=at,
            zone=zone,
            state=message.state,
        )
        for message, order, customer, at in rows
    )


def _coming(session: Session, soon: tuple[ColumnElement[bool], ...]) -> tuple[Line, ...]:
    rows = session.execute(with_buyer(FollowUp).where(*soon).order_by(FollowUp.due_at, FollowUp.id).limit(SHOWN))
    return tuple(
        Line(
            follow_up_id=row.id,
            person=full_name(customer, order),
            customer_id=order.customer_id,
            order=order.name,
            step=row.step,
            at=row.due_at,
            zone=ZoneInfo(row.zone),
        )
        for row, order, customer in rows
    )


def _mine(session: Session, table: type[FollowUp | Message]) -> tuple[ColumnElement[bool]]:
    return (table.shop_id == entered_shop(session),)
