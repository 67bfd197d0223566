"""Gather how many units of order lines were sent, refunded and sent back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.among import among
from app.orders.models import OrderLine
from app.orders.reversals import RefundLine, ReturnCase, ReturnLine
from app.orders.sent_back import Units
from app.shopify.payloads.vocabulary import ReturnStatus


def units(session: Session, shop_id: int, lines: Sequence[OrderLine], sent: Mapping[int, int]) -> dict[int, Units]:
    """Return the units of each line by its id. `sent` are those in parcels that stand."""
    ids = [line.id for line in lines]
    refunded, back = _refunded(session, shop_id, ids), _sent_back(session, shop_id, ids)
    return {
        line.id: Units(
            ordered=line.quantity,
            current=line.current_quantity,
            refunded=refunded.get(line.id, 0),
            sent=sent.get(line.id, 0),
            back=back.get((line.id, ReturnStatus.CLOSED), 0),
            coming_back=back.get((line.id, ReturnStatus.OPEN), 0),
        )
        for line in lines
    }


def _sent_back(session: Session, shop_id: int, line_ids: list[int]) -> dict[tuple[int, str], int]:
    """Return how many of a line returns of a status hold."""
    rows = session.execute(
        select(ReturnLine.order_line_id, ReturnCase.status, func.sum(ReturnLine.quantity).label("quantity"))
        .join(ReturnCase, (ReturnCase.shop_id == ReturnLine.shop_id) & (ReturnCase.id == ReturnLine.return_case_id))
        .where(ReturnLine.shop_id == shop_id, among(ReturnLine.order_line_id, line_ids))
        .group_by(ReturnLine.order_line_id, ReturnCase.status)
    )
    return {(row.order_line_id, row.status): int(row.quantity) for row in rows}


def _refunded(session: Session, shop_id: int, line_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(RefundLine.order_line_id, func.sum(RefundLine.quantity).label("quantity"))
        .where(RefundLine.shop_id == shop_id, among(RefundLine.order_line_id, line_ids))
        .group_by(RefundLine.order_line_id)
    )
    return {row.order_line_id: int(row.quantity) for row in rows}
