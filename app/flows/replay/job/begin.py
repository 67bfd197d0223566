"""Ask for a replay, one at a time a shop, and call it off. What was asked before is kept, the newest of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import flow_json
from app.flows.models import Flow, FlowVersion
from app.flows.planning.by_hand.pause import lock_shop
from app.flows.replay.job.models import Replay, ReplayPart, ReplayState
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.kit.queue import BULK
from app.kit.work import entered_shop, ring_after_commit

OPEN: Final = (ReplayState.ASKED, ReplayState.RUNNING)
KEPT: Final = 10  # replays of a shop
DAYS: Final[Mapping[int, str]] = {30: "30 days", 90: "90 days", 365: "year"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Name a version of a flow or, by its document, one that was never published; and the version beside it, if any."""

    key: str
    version: int | None = None
    draft: FlowDocument | None = None
    against: int | None = None


def begin(session: Session, asked: Asked, days: int, *, by: str) -> int:
    """Ask what a flow would have sent; return our id of the replay, the one under way where there is one.

    Raises NotFound for a version there is not, Invalid for a time that is not offered.
    """
    lock_shop(session)
    shop = entered_shop(session)
    under_way = session.scalar(select(Replay.id).where(Replay.shop_id == shop, Replay.state.in_(OPEN)))
    if under_way is not None:
        return under_way
    if days not in DAYS:
        raise Invalid("Choose 30 days, 90 days or a year.", field="days")
    document = asked.draft or _version(session, asked.key, asked.version or 0)
    if asked.against is not None:
        _version(session, asked.key, asked.against)
    now = business_now(session)
    row = Replay(
        shop_id=shop,
        state=ReplayState.ASKED,
        flow_key=asked.key,
        version=asked.version,
        against=asked.against,
        document=flow_json(document),
        since=now - timedelta(days=days),
        until=now,
        asked_at=now,
        asked_by=by,
    )
    session.add(row)
    session.flush()
    _forget_older(session, shop)
    ring_after_commit(session, BULK)
    return row.id


def cancel(session: Session, replay_id: int) -> None:
    """Call a replay off; one that is over stays as it is."""
    shop = entered_shop(session)
    over = {"state": ReplayState.CANCELLED, "finished_at": business_now(session)}
    session.execute(
        update(Replay).where(Replay.shop_id == shop, Replay.id == replay_id, Replay.state.in_(OPEN)).values(over)
    )
    over_now = select(Replay.id).where(Replay.shop_id == shop, Replay.id == replay_id, Replay.state.not_in(OPEN))
    session.execute(delete(ReplayPart).where(ReplayPart.shop_id == shop, ReplayPart.replay_id.in_(over_now)))


def versions(session: Session) -> list[tuple[str, int, datetime]]:
    """Return every version of every flow with when it was published, a flow's newest first."""
    rows = session.execute(
        select(Flow.key, FlowVersion.number, FlowVersion.published_at)
        .join(Flow, (Flow.shop_id == FlowVersion.shop_id) & (Flow.id == FlowVersion.flow_id))
        .where(Flow.shop_id == entered_shop(session))
        .order_by(Flow.id, FlowVersion.number.desc())
    )
    return [(row.key, row.number, row.published_at) for row in rows]


def _version(session: Session, key: str, number: int) -> FlowDocument:
    flow = session.scalar(
        select(Flow.id)
        .join(FlowVersion, (FlowVersion.shop_id == Flow.shop_id) & (FlowVersion.flow_id == Flow.id))
        .where(Flow.shop_id == entered_shop(session), Flow.key == key, FlowVersion.number == number)
    )
    if flow is None:
        raise NotFound
    return published.documents(session, [(flow, number)])[flow, number]


def _forget_older(session: Session, shop: int) -> None:
    newest = select(Replay.id).where(Replay.shop_id == shop).order_by(Replay.id.desc()).limit(KEPT).scalar_subquery()
    session.execute(delete(Replay).where(Replay.shop_id == shop, Replay.id.not_in(newest)))
