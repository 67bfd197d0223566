"""Let sending go on after the database was put back, once every shop was read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.pause import lock_shop
from app.flows.planning.by_hand.release import OnResume, Released, release
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now, real_now
from app.kit.engines import SYSTEM
from app.kit.epoch import restorations, unreleased
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify.models import SyncCursor
from app.shops.models import Shop, ShopStatus

HELD = (FollowUp.state == FollowUpState.HELD) & (FollowUp.reason == Reason.RESTORED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Say what a restoration has lost (business time), what waits for it, and which shops were not read again yet."""

    lost_from: datetime
    lost_until: datetime
    waiting: int
    unread: tuple[str, ...]


class NotReadYet(Exception):
    """Refuse to release while a shop's truth is older than the restoration. `shops` are their domains."""

    def __init__(self, shops: tuple[str, ...]) -> None:
        super().__init__(", ".join(shops))
        self.shops = shops


def standing(session: Session) -> Standing | None:
    """Return how things stand (asked with the system role); None while nothing waits for a restoration."""
    latest = unreleased(session)
    if latest is None:
        return None
    waiting = session.scalar(
        select(func.count())
        .select_from(FollowUp)
        .where(
            or_(
                HELD,
                (FollowUp.state == FollowUpState.SCHEDULED) & (FollowUp.due_at <= business_now(session)),
            )
        )
    )
    unread = session.scalars(
        select(Shop.domain)
        .join(SyncCursor, SyncCursor.shop_id == Shop.id)
        .where(Shop.status == ShopStatus.ACTIVE)
        .where(or_(SyncCursor.finished_at.is_(None), SyncCursor.finished_at < latest.lost_until))
        .order_by(Shop.domain)
    ).all()
    return Standing(latest.lost_from, latest.lost_until, waiting or 0, tuple(unread))


def let_go_on(runtime: Runtime, *, log_is_whole: bool) -> Released:
    """End the wait of every shop; return what goes on and what had become too old meanwhile. Raises NotReadYet.

    `log_is_whole` says that the log of accepted mails that was read covers the lost time to its end. Without it, what
    was due by then and is not in the log may have left, counts as unknown and is never sent.
    """
    with unit_of_work(runtime, role=SYSTEM) as session:
        found = standing(session)
        if found is not None and found.unread:
            raise NotReadYet(found.unread)
        for each in restorations(session):
            if each.released_at is None:
                each.released_at, each.log_is_whole = real_now(), log_is_whole
        # Also those a release left behind that was cut short.
        held = select(FollowUp.shop_id).where(HELD).distinct().order_by(FollowUp.shop_id)
        shops = session.scalars(held).all()
    return _sum([_one_shop(runtime, shop_id) for shop_id in shops])


def _one_shop(runtime: Runtime, shop_id: int) -> Released:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        lock_shop(session)
        return release(session, (Reason.RESTORED,), OnResume.SEND, business_now(session))


def _sum(done: list[Released]) -> Released:
    return Released(sum(each.released for each in done), sum(each.left_out for each in done))
