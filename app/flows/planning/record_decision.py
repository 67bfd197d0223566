"""Keep a decision and do to the plan what it says. Every evaluation leaves a row: that is what "Why?" reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app.experiments import hold_out
from app.flows.models import Decision, FollowUp, FollowUpState
from app.flows.rules.decision import Facts, Hold, Postpone, Ruling, Send, Skip
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import columns, kept_text
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.orders.models import Order

SOONEST = timedelta(minutes=1)  # a wait that ends now would be decided again at once, for ever


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Hold one evaluation of a row: what went in and what came out."""

    row: FollowUp
    facts: Facts
    verdict: Ruling


def record(session: Session, row: FollowUp, facts: Facts, verdict: Ruling, now: datetime) -> None:
    """Append the decision and, unless it is Send, put the row where the decision leaves it."""
    record_all(session, [Evaluated(row, facts, verdict)], now)


def record_all(session: Session, evaluated: Sequence[Evaluated], now: datetime) -> None:
    """Do what `record` does for many rows of one shop, in one statement."""
    rows = [_values(each, now) for each in evaluated]
    if rows:
        one_trip(session, [insert_rows(Decision, rows)])
    for each in evaluated:
        carry_out(each.row, each.verdict, now)
    hold_out.log(session, [kept for each in evaluated if (kept := _kept_out(session, each)) is not None], now)


def _kept_out(session: Session, each: Evaluated) -> hold_out.KeptOut | None:
    """Return what a holdout keeps back, with the time it would have gone; None where none does."""
    verdict = each.verdict
    if not isinstance(verdict, Skip) or verdict.reason is not Reason.HOLDOUT or each.facts.holdout is None:
        return None
    order = session.get_one(Order, (each.row.shop_id, each.row.order_id))
    if order.customer_id is None:
        return None
    would = datetime.fromisoformat(str(verdict.looked_at["would_send_at"]))
    return hold_out.KeptOut(each.facts.holdout.key, order.customer_id, each.row.id, would)


def _values(each: Evaluated, now: datetime) -> dict[str, Any]:
    kept = {"facts": orjson.Fragment(kept_text(each.facts, each.verdict))}  # as it is written, not read in between
    return {"shop_id": each.row.shop_id, "follow_up_id": each.row.id} | columns(each.verdict, now) | kept


def carry_out(row: FollowUp, verdict: Ruling, now: datetime) -> None:
    """Put a row where a decision leaves it; `Send` is left to whoever sends."""
    match verdict:
        case Skip():
            finish(row, verdict.reason, now)
        case Postpone():
            row.due_at = row.postponed_until = max(verdict.until, now + SOONEST)
            row.state, row.reason, row.lease_until = FollowUpState.SCHEDULED, verdict.reason, None
            row.failures = 0
        case Hold():
            row.state, row.reason, row.lease_until = FollowUpState.HELD, verdict.reason, None
            row.failures = 0
        case Send():
            pass


def finish(row: FollowUp, reason: str, now: datetime) -> None:
    """End a row without a message, for good."""
    row.state, row.outcome, row.reason = FollowUpState.DONE, "skipped", reason
    row.done_at, row.lease_until = now, None
