"""Keep what was taken back: refunds, which never change, and returns, which open and close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import Asked, one_trip
from app.kit.rows.upsert import change, find_or_make
from app.orders.models import Order
from app.orders.record import history
from app.orders.record.told import Told
from app.orders.reversals import Refund, RefundLine, ReturnCase, ReturnLine
from app.shopify.payloads.facts import RefundFacts, ReturnFacts
from app.shopify.payloads.vocabulary import ReturnStatus

SET: Final = "on conflict (shop_id, {0}, order_line_id) do update set quantity = excluded.quantity"
NOT_BACK: Final = """
delete from return_line where shop_id = %(shop)s and return_case_id = %(case)s and order_line_id <> all(%(lines)s)"""
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
        change(refund, {"amount": facts.total.amount})
    covered = {lines[shopify_id]: quantity for shopify_id, quantity, _ in facts.lines if shopify_id in lines}
    if covered:
        one_trip(session, [_quantities(RefundLine, "refund_id", refund, covered)])
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
    is_open = facts.status in OPEN_STATES
    described = {
        "status": facts.status,
        "name": facts.name or case.name,
        "opened_at": facts.created_at or case.opened_at,
        "closed_at": None if is_open else (facts.closed_at or case.closed_at or told.at),
        "source_updated_at": told.at,
    }
    change(case, described)
    if "lines" not in facts.untold:
        _record_return_lines(session, case, facts, lines)
    if changed:
        happened_at = case.opened_at if made else told.at
        kind = "return_opened" if is_open else f"return_{facts.status}"
        history.append(session, order.id, kind, happened_at, told, subject_id=facts.shopify_id)
    return case


def _record_return_lines(session: Session, case: ReturnCase, facts: ReturnFacts, lines: dict[int, int]) -> None:
    """Make the kept lines those of the facts; where the facts were cut short, only add and change."""
    back: Counter[int] = Counter()
    for line_shopify_id, quantity in facts.lines:
        if line_shopify_id in lines:
            back[lines[line_shopify_id]] += quantity
    asked: list[Asked] = []
    if "lines" not in facts.truncated:
        asked.append((NOT_BACK, {"shop": case.shop_id, "case": case.id, "lines": list(back)}))
    if back:
        asked.append(_quantities(ReturnLine, "return_case_id", case, back))
    if asked:
        one_trip(session, asked)


def _quantities(
    kind: type[RefundLine | ReturnLine], part_of: str, whole: Refund | ReturnCase, of_lines: Mapping[int, int]
) -> Asked:
    """Return the question that writes how many of which lines (by our ids) a refund or a return is about."""
    rows = [
        {"shop_id": whole.shop_id, part_of: whole.id, "order_line_id": line, "quantity": quantity}
        for line, quantity in sorted(of_lines.items())
    ]
    return insert_rows(kind, rows, SET.format(part_of))
