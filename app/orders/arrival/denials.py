"""Keep that a buyer says something has not come, whatever the carrier says. Append-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.events import emit
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.orders.models import ArrivalDenial, Order
from app.orders.record.told import OrderChanged

WAITS: Final = timedelta(days=7)


DENIALS: Final = Question(
    select(ArrivalDenial.order_line_id, func.max(ArrivalDenial.said_at).label("at"))
    .where(ArrivalDenial.shop_id == SHOP, one_of(ArrivalDenial.order_line_id, "lines"))
    .group_by(ArrivalDenial.order_line_id)
)


def deny_arrival(session: Session, order: Order, order_line_id: int, message_id: int) -> datetime:
    """Keep the answer and return until when nobody asks about the line (UTC). Said again on the same mail, it stands.

    Locks the order, as the hand-off does: what is handed off after this has heard it.
    """
    shop, now = entered_shop(session), business_now(session)
    session.execute(select(Order.id).where(Order.shop_id == shop, Order.id == order.id).with_for_update()).all()
    session.execute(
        insert(ArrivalDenial)
        .values(shop_id=shop, order_line_id=order_line_id, message_id=message_id, said_at=now)
        .on_conflict_do_nothing()
    )
    emit(session, OrderChanged(order.id))
    return denied(session, [order_line_id])[order_line_id] + WAITS


def denied(session: Session, order_line_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each line was last said not to have come; lines nobody said it of are left out."""
    (rows,) = ask(session, (DENIALS, {"lines": order_line_ids}))
    return of_lines(rows)


def of_lines(rows: Iterable[Any]) -> dict[int, datetime]:
    """Return the same from what was read."""
    return {row.order_line_id: row.at for row in rows}
