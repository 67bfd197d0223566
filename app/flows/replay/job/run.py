"""Do replays that were asked for, a part at a time: stopped anywhere, whoever is free goes on with what is left.

Several processes share one replay by its parts. A part whose lease ran out is done again by another; its answer is the
same, and kept once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.forms import flow_document
from app.flows.models import Flow
from app.flows.replay.history import load
from app.flows.replay.job.answer_json import added_up, answer_json
from app.flows.replay.job.models import Replay, ReplayPart, ReplayState
from app.flows.replay.question import Question, answer_of, pages
from app.kit import fault
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.leases import is_free
from app.kit.queue import BULK
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, ring_after_commit, unit_of_work
from app.shops.whose_turn import connected

LEASE: Final = timedelta(minutes=3)
RUN_S: Final = 20.0
TRIES: Final = 3

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claimed:
    """Name a part that is ours for a while."""

    shop_id: int
    replay_id: int
    part_id: int
    order_ids: Sequence[int]


def waiting(session: Session) -> bool:
    """Tell whether a replay waits to be divided or a part to be done (asked with the system role)."""
    asked = select(Replay.id).where(Replay.state == ReplayState.ASKED, Replay.shop_id.in_(connected())).limit(1)
    free = select(ReplayPart.id).where(_is_free(), ReplayPart.shop_id.in_(connected())).limit(1)
    return session.scalar(asked) is not None or session.scalar(free) is not None


def run_due(runtime: Runtime) -> int:
    """Divide what was asked and do parts for RUN_S; return how many parts were done."""
    ends_at, done = time.monotonic() + RUN_S, 0
    _divide_asked(runtime)
    while time.monotonic() < ends_at and (part := _claim(runtime)) is not None:
        _do(runtime, part)
        done += 1
    return done


def _divide_asked(runtime: Runtime) -> None:
    with unit_of_work(runtime, role=SYSTEM) as session:
        shops = session.scalars(
            select(Replay.shop_id).where(Replay.state == ReplayState.ASKED, Replay.shop_id.in_(connected()))
        ).all()
    for shop_id in shops:
        with unit_of_work(runtime, shop_id=shop_id, committed="Q1") as session:
            divide(session)


def divide(session: Session) -> None:
    """Divide the shop's replay into parts of some people each; nothing where none was asked or another does it."""
    row = session.scalars(
        select(Replay)
        .where(Replay.shop_id == entered_shop(session), Replay.state == ReplayState.ASKED)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return
    every = list(pages(load.people(session)))
    session.add_all(
        ReplayPart(shop_id=row.shop_id, replay_id=row.id, number=number, order_ids=ids, orders=len(ids), attempts=0)
        for number, ids in enumerate(every)
    )
    row.state, row.orders, row.began_at = ReplayState.RUNNING, sum(map(len, every)), session.scalar(select(func.now()))
    session.flush()
    _finish(session, row.id)  # a shop without orders has its answer at once
    ring_after_commit(session, BULK)


def _claim(runtime: Runtime) -> Claimed | None:
    """Take a lease on the part that waits longest; one tried too often ends its replay, and the other parts with it."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        row = session.scalars(
            select(ReplayPart)
            .where(_is_free(), ReplayPart.shop_id.in_(connected()))
            .order_by(ReplayPart.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        row.attempts, row.lease_until = row.attempts + 1, session.scalar(select(func.now() + LEASE))
        claimed = Claimed(row.shop_id, row.replay_id, row.id, row.order_ids)
        if row.attempts > TRIES:
            log.error("replay_failed", shop_id=row.shop_id, replay_id=row.replay_id, part=row.number)
            session.execute(
                update(Replay)
                .where(Replay.shop_id == row.shop_id, Replay.id == row.replay_id)
                .values(state=ReplayState.FAILED, finished_at=business_now(session))
            )
            parts = (ReplayPart.shop_id == row.shop_id, ReplayPart.replay_id == row.replay_id)
            session.execute(delete(ReplayPart).where(*parts))
    fault.point("Q2")
    return claimed


def _do(runtime: Runtime, part: Claimed) -> None:
    with unit_of_work(runtime, shop_id=part.shop_id) as session:
        asked = _question(session, part.replay_id)
        past = load.page(session, load.frame(session), part.order_ids) if asked is not None else None
    if asked is None or past is None:
        return  # called off, or failed
    kept = answer_json(answer_of(past, asked))  # takes seconds: no transaction is open meanwhile
    fault.point("Q3")
    with unit_of_work(runtime, shop_id=part.shop_id, committed="Q4") as session:
        session.execute(
            update(ReplayPart)
            .where(ReplayPart.shop_id == part.shop_id, ReplayPart.id == part.part_id, ReplayPart.answer.is_(None))
            .values(answer=kept, lease_until=None)
        )
        _finish(session, part.replay_id)


def _question(session: Session, replay_id: int) -> Question | None:
    shop = entered_shop(session)
    row = session.scalars(
        select(Replay).where(Replay.shop_id == shop, Replay.id == replay_id, Replay.state == ReplayState.RUNNING)
    ).one_or_none()
    if row is None:
        return None
    against = None
    if row.against is not None:
        flow = session.scalars(select(Flow.id).where(Flow.shop_id == shop, Flow.key == row.flow_key)).one()
        against = published.documents(session, [(flow, row.against)])[flow, row.against]
    return Question(row.since, row.until, flow_document(row.document), against)


def _finish(session: Session, replay_id: int) -> None:
    """Add the parts up once none is left, and let go of them."""
    shop = entered_shop(session)
    row = session.scalars(
        select(Replay).where(Replay.shop_id == shop, Replay.id == replay_id).with_for_update()
    ).one_or_none()
    if row is None or row.state is not ReplayState.RUNNING:
        return
    parts = session.scalars(
        select(ReplayPart)
        .where(ReplayPart.shop_id == shop, ReplayPart.replay_id == replay_id)
        .order_by(ReplayPart.number)
        .execution_options(populate_existing=True)
    ).all()
    answers = [part.answer for part in parts if part.answer is not None]
    if len(answers) < len(parts):
        return
    row.state, row.answer, row.finished_at = ReplayState.DONE, added_up(answers), business_now(session)
    for part in parts:
        session.delete(part)
    session.flush()


def _is_free() -> ColumnElement[bool]:
    running = select(Replay.id).where(Replay.shop_id == ReplayPart.shop_id, Replay.id == ReplayPart.replay_id)
    return (
        ReplayPart.answer.is_(None)
        & is_free(ReplayPart.lease_until)
        & running.where(Replay.state == ReplayState.RUNNING).exists()
    )
