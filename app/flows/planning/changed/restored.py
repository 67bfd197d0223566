"""Let sending go on after the database was put back: for every shop once it was read again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.pause import lock_shop
from app.flows.planning.by_hand.release import OnResume, Released, release
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now, real_now
from app.kit.engines import SYSTEM
from app.kit.epoch import restorations, unreleased, waits_for
from app.kit.models import Restoration
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.shopify.models import SyncCursor
from app.shops.models import Shop, ShopStatus

HELD = (FollowUp.state == FollowUpState.HELD) & (FollowUp.reason == Reason.RESTORED)


@dataclass(frozen=True, slots=True)
class Unread:
    """Name a shop that was not read again yet; `fault` is what its last try came to, None where none failed."""

    shop_id: int
    domain: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Say what a restoration has lost (business time), what waits for it, and which shops were not read again yet."""

    lost_from: datetime
    lost_until: datetime
    waiting: int
    unread: tuple[Unread, ...]


class NotReadYet(Exception):
    """Refuse to release while a shop's truth is older than the restoration."""

    def __init__(self, shops: tuple[Unread, ...]) -> None:
        super().__init__(", ".join(each.domain for each in shops))
        self.shops = shops


class NothingToLeave(Exception):
    """Refuse to leave behind what was read again, or is no shop. `domains` are those."""

    def __init__(self, domains: tuple[str, ...]) -> None:
        super().__init__(", ".join(domains))
        self.domains = domains


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
    unread = _unread(session, latest, ShopStatus.ACTIVE)
    return Standing(latest.lost_from, latest.lost_until, waiting or 0, unread)


def left_behind(session: Session) -> list[str]:
    """Return the domains of the shops that still wait after a release (asked with the system role)."""
    left = {shop_id for each in restorations(session) for shop_id in each.left_behind}
    return list(session.scalars(select(Shop.domain).where(Shop.id.in_(left)).order_by(Shop.domain)))


def let_go_on(runtime: Runtime, *, log_is_whole: bool, leave: Collection[str] = ()) -> Released:
    """End the wait of every shop; return what goes on and what had become too old meanwhile.

    Raises NotReadYet, but for the domains in `leave`: those wait on, each until it was read again, and hold up nobody
    else. Raises NothingToLeave for one of them that nobody waits for. Who has to be connected anew waits on likewise.

    `log_is_whole` says that the log of accepted mails that was read covers the lost time to its end. Without it, what
    was due by then and is not in the log may have left, counts as unknown and is never sent.
    """
    with unit_of_work(runtime, role=SYSTEM) as session:
        found = standing(session)
        unread = found.unread if found is not None else ()
        others = tuple(each for each in unread if each.domain not in leave)
        known = {each.domain for each in unread}
        if any(domain not in known for domain in leave):
            raise NothingToLeave(tuple(domain for domain in leave if domain not in known))
        if others:
            raise NotReadYet(others)
        for each in restorations(session):
            if each.released_at is None:
                away = _unread(session, each, ShopStatus.NEEDS_RECONNECTION)
                each.released_at, each.log_is_whole = real_now(), log_is_whole
                each.left_behind = [one.shop_id for one in (*unread, *away)]
        session.flush()
        waiting = {shop_id for each in restorations(session) for shop_id in each.left_behind}
        # Also those a release left out that was cut short.
        held = select(FollowUp.shop_id).where(HELD, FollowUp.shop_id.not_in(waiting)).distinct()
        shops = session.scalars(held.order_by(FollowUp.shop_id)).all()
    return _sum([_one_shop(runtime, shop_id) for shop_id in shops])


def read_again(session: Session, now: datetime) -> None:
    """Let the entered shop go on that a release left behind: Shopify has told all of it again."""
    shop_id = entered_shop(session)
    gone_on = session.execute(
        update(Restoration)
        .where(Restoration.left_behind.any_() == shop_id)
        .values(left_behind=func.array_remove(Restoration.left_behind, shop_id))
        .returning(Restoration.id)
    ).all()
    if gone_on and waits_for(session, shop_id) is None:
        release(session, (Reason.RESTORED,), OnResume.SEND, now)


def _unread(session: Session, since: Restoration, status: ShopStatus) -> tuple[Unread, ...]:
    rows = session.execute(
        select(Shop.id, Shop.domain, SyncCursor.last_fault)
        .join(SyncCursor, SyncCursor.shop_id == Shop.id)
        .where(Shop.status == status)
        .where(or_(SyncCursor.finished_at.is_(None), SyncCursor.finished_at < since.lost_until))
        .order_by(Shop.domain)
    )
    return tuple(Unread(*row) for row in rows)


def _one_shop(runtime: Runtime, shop_id: int) -> Released:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        lock_shop(session)
        return release(session, (Reason.RESTORED,), OnResume.SEND, business_now(session))


def _sum(done: list[Released]) -> Released:
    return Released(sum(each.released for each in done), sum(each.left_out for each in done))
