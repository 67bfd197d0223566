"""Look over delivered orders from before: who would be asked now, and who not for which reason. Stores nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.flows.language.flow import FlowDocument
from app.flows.language.looking_back import ASK, DOCUMENT, LOOK_BACK
from app.flows.models import Enrollment, Flow
from app.flows.planning.suppose import Supposed, Wanted, suppose
from app.flows.rules.decision import Postpone, Send
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.zone import zone_name

MOST: Final = 2_000  # orders looked at together, the latest arrivals first
AT_LEAST_AGO: Final = timedelta(days=7)

RECRUITED: Final = "recruited"
OWN_FLOW: Final = "own_flow"
LATER_ORDER: Final = "later_order"


@dataclass(slots=True)
class Walk:
    """Remember how far the look over a reach has come, and whom it met: each look goes on after the last."""

    last: tuple[datetime, int] | None = None  # when the order arrived, and its id
    met: set[int] = field(default_factory=set)  # customers, ours
    day: datetime | None = None  # of the campaign, which another may have ended meanwhile


@dataclass(frozen=True, slots=True)
class Survey:
    """What a campaign would find. `looked_at` orders in all; `left_out` are those not `going`, by reason.

    `is_cut` says that orders that arrived earlier are left to look at.
    """

    looked_at: int
    is_cut: bool
    going: tuple[Supposed, ...]
    left_out: Mapping[str, Sequence[Order]]

    @property
    def people(self) -> int:
        """Return how many people would be asked: one order each."""
        return len(self.going)


def survey(session: Session, flow: Flow, since: datetime, now: datetime, walk: Walk | None = None) -> Survey:
    """Return who of the next MOST orders would be asked if their turn came now; `walk` is moved on past them.

    `flow` need not be stored. Without a walk it is the latest orders.
    """
    walk = walk or Walk()
    rows = session.execute(_delivered(session, since, now, walk.last)).all()
    left_out: dict[str, list[Order]] = defaultdict(list)
    wanted: list[Wanted] = []
    for order, parcel, is_recruited, is_run in rows[:MOST]:
        if is_recruited or is_run:
            left_out[RECRUITED if is_recruited else OWN_FLOW].append(order)
        elif order.customer_id is not None and order.customer_id in walk.met:
            left_out[LATER_ORDER].append(order)
        else:
            wanted.append(Wanted(flow, ASK, order, parcel, started_at=now))
        walk.met |= {order.customer_id} if order.customer_id is not None else set()
        walk.last = (parcel.delivered_at or since, order.id)
    going = _judged(session, flow, wanted, now, left_out)
    return Survey(min(len(rows), MOST), len(rows) > MOST, going, left_out)


def _judged(
    session: Session, flow: Flow, wanted: Sequence[Wanted], now: datetime, left_out: dict[str, list[Order]]
) -> tuple[Supposed, ...]:
    unstored: dict[tuple[int, int], FlowDocument] = {} if flow.id else {(flow.id, flow.version): DOCUMENT}
    going = []
    for each in suppose(session, wanted, zone_name(session) or "Etc/UTC", now, unstored):
        if isinstance(each.verdict, Send | Postpone):
            going.append(each)
        else:
            left_out[str(each.verdict.reason)].append(each.gathered.order)
    return tuple(going)


def _delivered(
    session: Session, since: datetime, now: datetime, after: tuple[datetime, int] | None
) -> Select[Order, Fulfillment, bool, bool]:
    """Ask for orders all of whose parcels arrived, with the one that came last; how they stand with flows beside."""
    shop_id = entered_shop(session)
    each = aliased(Fulfillment)
    mine = (each.shop_id == Order.shop_id) & (each.order_id == Order.id) & each.cancelled_at.is_(None)
    last = (
        select(each.id)
        .where(mine, each.delivered_at.is_not(None))
        .order_by(each.delivered_at.desc(), each.id.desc())
        .limit(1)
        .correlate(Order)
        .scalar_subquery()
    )
    under_way = exists().where(mine, each.delivered_at.is_(None)).correlate(Order)
    of_order = (Enrollment.shop_id == Order.shop_id) & (Enrollment.order_id == Order.id)
    ours = of_order & (Flow.shop_id == Enrollment.shop_id) & (Flow.id == Enrollment.flow_id)
    earlier = [] if after is None else [tuple_(Fulfillment.delivered_at, Order.id) < after]
    return (
        select(
            Order,
            Fulfillment,
            exists().where(ours, Flow.key == LOOK_BACK).label("is_recruited"),
            exists().where(ours, Flow.key != LOOK_BACK).label("is_run"),
        )
        .join(Fulfillment, (Fulfillment.shop_id == Order.shop_id) & (Fulfillment.id == last))
        .where(Order.shop_id == shop_id, Order.deleted_at.is_(None), ~under_way)
        .where(Fulfillment.delivered_at >= since, Fulfillment.delivered_at < now - AT_LEAST_AGO, *earlier)
        .order_by(Fulfillment.delivered_at.desc(), Order.id.desc())
        .limit(MOST + 1)
    )
