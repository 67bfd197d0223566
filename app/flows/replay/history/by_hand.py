"""Read what somebody at the shop decided by hand about single messages: standing facts of then, like any order's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.models import Deed, Did, Enrollment, FollowUp
from app.kit.rows.among import among


@dataclass(frozen=True, slots=True)
class ByHand:
    """Hold one deed and the message it is about by name: a replay has rows of its own.

    `occurrence` is which year of an anniversary, 0 where the run comes once.
    """

    at: datetime
    did: Did
    flow_id: int
    subject_kind: str
    subject_id: int
    occurrence: int
    step: str


def by_hand(session: Session, shop: int, orders: Sequence[int]) -> Iterator[tuple[int, ByHand]]:
    """Yield each deed about messages of these orders with our id of the order, the oldest first."""
    rows = session.execute(
        select(
            FollowUp.order_id,
            Deed.done_at,
            Deed.kind,
            Enrollment.flow_id,
            Enrollment.subject_kind,
            Enrollment.subject_id,
            Enrollment.occurrence,
            FollowUp.step,
        )
        .join(FollowUp, (FollowUp.shop_id == Deed.shop_id) & (FollowUp.id == Deed.follow_up_id))
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(Deed.shop_id == shop, among(FollowUp.order_id, orders))
        .order_by(Deed.done_at, Deed.id)
    )
    for order_id, at, did, flow_id, subject_kind, subject_id, occurrence, step in rows:
        yield order_id, ByHand(at, did, flow_id, subject_kind, subject_id, occurrence, step)
