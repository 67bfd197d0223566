"""Let the world go on by itself: carriers scan the seeded parcels as the store's time passes."""

from datetime import datetime, timedelta

from sqlalchemy import Interval, Select, func, select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.engine import unit_of_work
from devstore.state.models import Fulfillment, Planned, Shop
from devstore.world.after_uninstall import count_left, redact_left
from devstore.world.carrier_event import add_event

HOUR = timedelta(hours=1)
SHOP_OF = Shop.id == Planned.shop_id
MOMENT = Shop.installed_at + func.make_interval(0, 0, 0, 0, 0, 0, Planned.hours * 3600, type_=Interval)


def run_due(session: Session) -> bool:
    """Do the one thing that has been due longest; False when nothing is due.

    Plans count from the moment the app was installed: until then the parcels stay where they are, so that
    whoever installs it tomorrow finds the same day as whoever does today.
    """
    plan = session.scalar(_due(session).order_by(Planned.hours).limit(1).with_for_update(of=Planned, skip_locked=True))
    if plan is None:
        return False
    shop = session.get_one(Shop, plan.shop_id)
    parcel = session.get(Fulfillment, plan.subject)
    session.delete(plan)
    if parcel is not None and parcel.status == "success" and parcel.delivered_at is None and shop.installed_at:
        at = max(shop.installed_at + plan.hours * HOUR, parcel.created_at)
        add_event(session, parcel, plan.words["status"], happened_at=at, city=plan.words.get("city"))
    return True


def count_due(session: Session) -> int:
    """Return how many plans are due."""
    return session.scalar(select(func.count()).select_from(_due(session).subquery())) or 0


def next_moment(session: Session) -> datetime | None:
    """Return when the next plan is due."""
    return session.scalar(select(func.min(MOMENT)).select_from(Planned).join(Shop, SHOP_OF).where(Shop.installed))


def _due(session: Session) -> Select[Planned]:
    return select(Planned).join(Shop, SHOP_OF).where(Shop.installed, store_now(session) >= MOMENT)


def do_one() -> bool:
    """Do one thing that is due, in a transaction; False when nothing is."""
    with unit_of_work(announce=False) as session:
        due, left = count_due(session), count_left(session)
    if not due and not left:
        return False
    with unit_of_work() as session:
        return run_due(session) if due else redact_left(session)
