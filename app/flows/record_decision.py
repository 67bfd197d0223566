"""Keep a decision and do to the plan what it says. Every evaluation leaves a row: that is what "Why?" reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.flows.decision import Decision as Verdict
from app.flows.decision import Facts, Hold, Postpone, Send, Skip
from app.flows.guard import RULE_VERSION
from app.flows.models import Decision, FollowUp, FollowUpState
from app.flows.recorded import OUTCOMES, kept_facts

SOONEST = timedelta(minutes=1)  # a wait that ends now would be decided again at once, for ever


def record(session: Session, row: FollowUp, facts: Facts, verdict: Verdict, now: datetime) -> None:
    """Append the decision and, unless it is Send, put the row where the decision leaves it."""
    session.add(
        Decision(
            shop_id=row.shop_id,
            follow_up_id=row.id,
            decided_at=now,
            rule_version=RULE_VERSION,
            rule=None if isinstance(verdict, Send) else verdict.rule,
            outcome=OUTCOMES[type(verdict)],
            reason=None if isinstance(verdict, Send) else verdict.reason,
            until=verdict.until if isinstance(verdict, Postpone) else None,
            facts=kept_facts(facts, verdict),
        ),
    )
    match verdict:
        case Skip():
            finish(row, verdict.reason, now)
        case Postpone():
            row.due_at = row.postponed_until = max(verdict.until, now + SOONEST)
            row.state, row.reason, row.lease_until = FollowUpState.SCHEDULED, verdict.reason, None
        case Hold():
            row.state, row.reason, row.lease_until = FollowUpState.HELD, verdict.reason, None
        case Send():
            pass


def finish(row: FollowUp, reason: str, now: datetime) -> None:
    """End a row without a message, for good."""
    row.state, row.outcome, row.reason = FollowUpState.DONE, "skipped", reason
    row.done_at, row.lease_until = now, None
