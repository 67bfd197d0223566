"""Keep what was taken back: refunds, which never change, and returns, which open and close."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.upsert import find_or_make
from app.orders.models import Order
from app.orders.record import history
from app.orders.record.told import Told
from app.orders.reversals import Refund, RefundLine, ReturnCase, ReturnLine
from app.shopify.payloads.facts import RefundFacts, ReturnFacts
from app.shopify.payloads.vocabulary import ReturnStatus

OPEN_STATES = (ReturnStatus.REQUESTED, ReturnStatus.OPEN)


def record_refund(session: Session, order: Order, facts: RefundFacts, lines: dict[int, int], told: Told) -> None:
    """Keep a refund and what it covers. `lines` are our line ids by Shopify's."""
    refund, made = find_or_make(
        session,
        Refund,
        {"shop_id": order.shop_id, "shopify_id": facts.shopify_id},
        {"order_id": order.id, "happened_at": facts.happened_at},
    )
    if facts.total is not None:
        refund.amount = facts.total.amount
    for line_shopify_id, quantity, _ in facts.lines:
        line_id = lines.get(line_shopify_id)
        if line_id is not None:
            row = insert(RefundLine).values(
                shop_id=order.shop_id, refund_id=refund.id, order_line_id=line_id, quantity=quantity
            )
            session.execute(
                row.on_conflict_do_update(
                    index_elements=["shop_id", "refund_id", "order_line_id"], set_={"quantity": quantity}
                ),
            )
    if made:
        history.append(session, order.id, "refunded", facts.happened_at, told, subject_id=facts.shopify_id)


def record_return(session: Session, order: Order, facts: ReturnFacts, lines: dict[int, int], told: Told) -> ReturnCase:
    """Keep a return's state and lines as of `told.at`: Shopify does not date changes of a return itself.

    `lines` are our line ids by Shopify's. What is older than the state that is kept changes nothing.
    """
    case, made = find_or_make(
        session,
        ReturnCase,
        {"shop_id": order.shop_id, "shopify_id": facts.shopify_id},
        {
            "order_id": order.id,
            "status": facts.status,
            "opened_at": facts.created_at or told.at,
            "source_updated_at": told.at,
        },
    )
    if not made and told.at < case.source_updated_at:
        return case
    changed = made or case.status != facts.status
    case.status = facts.status
    case.name = facts.name or case.name
    case.opened_at = facts.created_at or case.opened_at
    case.closed_at = None if facts.status in OPEN_STATES else (facts.closed_at or case.closed_at or told.at)
    case.source_updated_at = told.at
    if "lines" not in facts.untold:
        _record_return_lines(session, case, facts, lines)
    if changed:
        happened_at = case.opened_at if made else told.at
        kind = "return_opened" if facts.status in OPEN_STATES else f"return_{facts.status}"
        history.append(session, order.id, kind, happened_at, told, subject_id=facts.shopify_id)
    return case


def _record_return_lines(session: Session, case: ReturnCase, facts: ReturnFacts, lines: dict[int, int]) -> None:
    """Make the kept lines those of the facts; where the facts were cut short, only add and change."""
    back: Counter[int] = Counter()
    for line_shopify_id, quantity in facts.lines:
        if line_shopify_id in lines:
            back[lines[line_shopify_id]] += quantity
    if "lines" not in facts.truncated:
        session.execute(
            delete(ReturnLine).where(
                ReturnLine.shop_id == case.shop_id,
                ReturnLine.return_case_id == case.id,
                ReturnLine.order_line_id.not_in(list(back)),
            )
        )
    for line_id, quantity in sorted(back.items()):
        row = insert(ReturnLine).values(
            shop_id=case.shop_id, return_case_id=case.id, order_line_id=line_id, quantity=quantity
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["shop_id", "return_case_id", "order_line_id"], set_={"quantity": quantity}
            )
        )
