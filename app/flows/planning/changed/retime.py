"""Plan a shop's unsent messages anew when what they were planned by has changed: its calendar, its clock, the world's.

A row of the shop remembers by which zones and holidays (versions of their packages), which shop zone and which version
of its calendar its plans were made. Where one of them is another now, every unsent row is put where today's rules say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import version
from typing import Final

import structlog
from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.flows.facts import published
from app.flows.facts.calendars import CalendarSetting, whereabouts
from app.flows.language.steps import Step
from app.flows.models import FollowUp, PlannedBy
from app.flows.planning.by_hand.pause import lock_shop
from app.flows.planning.changed.replanned import PENDING, Move, Pending, carry_out, pending_rows, replanned
from app.flows.timing.slots import MAX_JITTER
from app.kit.clock import business_now
from app.kit.each_shop import each_shop
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.shops.models import Shop, ShopProfile, ShopSetting, ShopStatus
from app.shops.settings import save
from app.shops.zone import zone_name

AT_ONCE: Final = 2000  # rows planned anew in one transaction
NEVER: Final = 0  # the version of a section nobody saved

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Retimed:
    """What a calendar moves, the earliest first, and how many of those are too old by then."""

    moves: tuple[Move, ...]
    too_old: int


def foresee(session: Session, setting: CalendarSetting) -> Retimed | None:
    """Return what a calendar would move. Changes nothing. None where so much is planned that it takes its time."""
    if _is_much(session):
        return None
    return _moved(_plans(session, _rows(session, 0, lock=False), setting))


def save_calendar(session: Session, setting: CalendarSetting, *, by: str) -> Retimed | None:
    """Keep a calendar and move what it moves; None where that is left to the next run of `retime_due`."""
    lock_shop(session)
    save(session, setting, by=by)
    if _is_much(session):
        return None
    made = _plans(session, _rows(session, 0, lock=True), setting)
    moved = _moved(made)  # counted before the rows are changed
    carry_out(session, made, business_now(session))
    _note(session)
    return moved


def retime_due(runtime: Runtime) -> int:
    """Plan anew what was planned by other zones, holidays or settings; return in how many shops."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        shops = session.scalars(_changed()).all()
    return len(each_shop("retime", shops, partial(_retime_shop, runtime)))


def _retime_shop(runtime: Runtime, shop_id: int) -> None:
    moved, after = 0, 0
    while True:
        with unit_of_work(runtime, shop_id=shop_id) as session:
            lock_shop(session)
            rows = _rows(session, after, lock=True)
            made = _plans(session, rows)
            moved += len(_moved(made).moves)
            carry_out(session, made, business_now(session))
            if len(rows) < AT_ONCE:
                _note(session)
                break
            after = rows[-1][0][0].id
    log.info("retimed", shop_id=shop_id, moved=moved)


def _rows(session: Session, after: int, *, lock: bool) -> list[tuple[Pending, Step]]:
    """Return planned rows behind an id, with the step of the version each is pinned to."""
    found = session.execute(pending_rows(session, lock=lock).where(FollowUp.id > after).limit(AT_ONCE)).all()
    documents = published.documents(session, {(run.flow_id, run.version) for _, run, _, _ in found})
    return [
        ((row, run, order, parcel), documents[run.flow_id, run.version].step(row.step))
        for row, run, order, parcel in found
    ]


def _plans(session: Session, rows: list[tuple[Pending, Step]], setting: CalendarSetting | None = None) -> list[Move]:
    places = whereabouts(session, zone_name(session))
    places = places if setting is None else replace(places, setting=setting)
    return replanned(session, rows, places, business_now(session))


def _moved(made: list[Move]) -> Retimed:
    moves = tuple(each for each in made if abs(each.planned.due_at - each.row.due_at) > MAX_JITTER)
    return Retimed(moves, sum(each.planned.due_at >= each.planned.expires_at for each in moves))


def _is_much(session: Session) -> bool:
    some = select(FollowUp.id).where(FollowUp.shop_id == entered_shop(session), FollowUp.state.in_(PENDING))
    return len(session.scalars(some.limit(AT_ONCE + 1)).all()) > AT_ONCE


def _note(session: Session) -> None:
    """Remember what everything unsent of the shop is planned by now."""
    values = {
        "zones": _zones(),
        "holidays": _holidays(),
        "shop_zone": zone_name(session),
        "calendar": session.scalar(select(_calendar(entered_shop(session)))),
        "planned_at": business_now(session),
    }
    row = insert(PlannedBy).values(values | {"shop_id": entered_shop(session)})
    session.execute(row.on_conflict_do_update(index_elements=["shop_id"], set_=values))


def _changed() -> Select[int]:
    """Return the query for shops whose plans were made by something else than holds today (asked as system)."""
    return (
        select(Shop.id)
        .join(ShopProfile, ShopProfile.shop_id == Shop.id)
        .join(PlannedBy, PlannedBy.shop_id == Shop.id, isouter=True)
        .where(Shop.status != ShopStatus.UNINSTALLED)
        .where(
            or_(
                PlannedBy.id.is_(None),
                PlannedBy.zones != _zones(),
                PlannedBy.holidays != _holidays(),
                PlannedBy.shop_zone != ShopProfile.timezone,
                PlannedBy.calendar != _calendar(Shop.id),
            )
        )
        .order_by(Shop.id)
    )


def _calendar(shop_id: int | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return the version of a shop's calendar, as a part of a query."""
    newest = select(func.coalesce(func.max(ShopSetting.version), NEVER))
    return newest.where(
        ShopSetting.shop_id == shop_id, ShopSetting.section == CalendarSetting.SECTION
    ).scalar_subquery()


@cache
def _zones() -> str:
    return version("tzdata")


@cache
def _holidays() -> str:
    return version("holidays")
