"""Gather how many units of order lines were sent, refunded and sent back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select

from app.kit.rows.question import SHOP, Question, one_of
from app.orders.models import OrderLine
from app.orders.reversals import RefundLine, ReturnCase, ReturnLine
from app.orders.sent_back import Units
from app.shopify.payloads.vocabulary import ReturnStatus

_LINES: Final = (OrderLine.shop_id == SHOP, one_of(OrderLine.order_id, "orders"))
REFUNDED: Final = Question(
    select(RefundLine.order_line_id, func.sum(RefundLine.quantity).label("quantity"))
    .join(OrderLine, (OrderLine.shop_id == RefundLine.shop_id) & (OrderLine.id == RefundLine.order_line_id))
    .where(*_LINES)
    .group_by(RefundLine.order_line_id)
)
SENT_BACK: Final = Question(
    select(ReturnLine.order_line_id, ReturnCase.status, func.sum(ReturnLine.quantity).label("quantity"))
    .join(ReturnCase, (ReturnCase.shop_id == ReturnLine.shop_id) & (ReturnCase.id == ReturnLine.return_case_id))
    .join(OrderLine, (OrderLine.shop_id == ReturnLine.shop_id) & (OrderLine.id == ReturnLine.order_line_id))
    .where(*_LINES)
    .group_by(ReturnLine.order_line_id, ReturnCase.status)
)


def units(
    lines: Sequence[OrderLine], sent: Mapping[int, int], refunded: Iterable[Any], sent_back: Iterable[Any]
) -> dict[int, Units]:
    """Return the units of each line by its id. `sent` are those in parcels that stand."""
    money = {row.order_line_id: int(row.quantity) for row in refunded}
    back = {(row.order_line_id, row.status): int(row.quantity) for row in sent_back}
    return {
        line.id: Units(
            ordered=line.quantity,
            current=line.current_quantity,
            refunded=money.get(line.id, 0),
            sent=sent.get(line.id, 0),
            back=back.get((line.id, ReturnStatus.CLOSED), 0),
            coming_back=back.get((line.id, ReturnStatus.OPEN), 0),
        )
        for line in lines
    }
