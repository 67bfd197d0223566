"""Carry out what outcomes mean, as far as each reaches: a message, an address, the shop, everybody's way out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels import closed
from app.channels.base import Scope
from app.customers.models import Customer, SuppressionScope
from app.customers.suppress import suppress
from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.pause import lock_shop, pause_refused
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.messages.models import AttemptState, Message
from app.messages.outbox import Outcome

BACK_IN_PLAN = frozenset({AttemptState.DEFERRED, AttemptState.BLOCKED})
# A server that took others of the group has no more room for connections, and soon has again.
CROWDED_OUT: Final = timedelta(seconds=10)


def lock(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Lock what an outcome reaches beyond its message, before any message is: the shop, the people, the rows."""
    if any(_refuses_shop(outcome) for outcome in outcomes):
        lock_shop(session)
    dead = [outcome.prepared.message_id for outcome in outcomes if _is_dead_address(outcome)]
    if dead:
        shop = entered_shop(session)
        addresses = select(Message.recipient).where(Message.shop_id == shop, Message.id.in_(dead))
        session.execute(
            select(Customer.id)
            .where(Customer.shop_id == shop, Customer.email.in_(addresses))
            .order_by(Customer.id)
            .with_for_update()
        ).all()
    moved = _moved(outcomes)
    if moved:
        rows = select(FollowUp.id).where(FollowUp.shop_id == entered_shop(session), FollowUp.id.in_(moved))
        session.execute(rows.order_by(FollowUp.id).with_for_update()).all()


def settle(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Record what follows. The locks of `lock` are held.

    A deferred message comes due again; a dead address is suppressed. A refused shop is paused, and its message waits
    with the others. While nobody's mail leaves, messages come due again and it is noted, until one is accepted.
    """
    for outcome in outcomes:
        if _is_dead_address(outcome):
            _suppress(session, outcome)
    refused = next(filter(_refuses_shop, outcomes), None)
    if refused is not None:
        pause_refused(session, refused.reply or "", refused.prepared.follow_up_id)
    moved = _moved(outcomes)
    mails_leave = any(outcome.state is AttemptState.ACCEPTED for outcome in outcomes)
    if moved:
        _move(session, moved, mails_leave=mails_leave)
    _note_way_out(session, outcomes, mails_leave=mails_leave)


def _moved(outcomes: Sequence[Outcome]) -> dict[int, Outcome]:
    """Return the outcomes that change a row of the plan, by the row's id."""
    return {
        outcome.prepared.follow_up_id: outcome
        for outcome in outcomes
        if outcome.state in BACK_IN_PLAN or outcome.state is AttemptState.REJECTED
    }


def _move(session: Session, moved: dict[int, Outcome], *, mails_leave: bool) -> None:
    now = business_now(session)
    rows = session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.id.in_(moved))
        .order_by(FollowUp.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in rows:
        outcome = moved[row.id]
        if outcome.state in BACK_IN_PLAN:
            row.state, row.outcome, row.reason, row.done_at = FollowUpState.SCHEDULED, None, None, None
            row.lease_until, row.failures = None, 0
            if mails_leave and outcome.scope is Scope.CHANNEL:
                row.due_at = now + CROWDED_OUT
            elif outcome.retry_in is not None:  # without it the pause decides: it keeps its day, to be judged late by
                row.due_at = now + outcome.retry_in
            if outcome.state is AttemptState.BLOCKED:
                row.attempts = max(row.attempts - 1, 0)
        else:
            finish(row, Reason.REJECTED, now)
            row.outcome, row.message_id = "handed_over", outcome.prepared.message_id


def _note_way_out(session: Session, outcomes: Sequence[Outcome], *, mails_leave: bool) -> None:
    """Note whether mails leave; one that was accepted tells more than any that were not."""
    faults = [outcome for outcome in outcomes if outcome.scope is Scope.CHANNEL]
    if mails_leave:
        closed.reopen(session)
    elif faults:
        session.flush()  # its row is every shop's and comes after all locks of this one
        closed.close(session, faults[0].reply or "")


def _refuses_shop(outcome: Outcome) -> bool:
    return outcome.state is AttemptState.BLOCKED and outcome.scope is Scope.SHOP


def _is_dead_address(outcome: Outcome) -> bool:
    return outcome.state is AttemptState.REJECTED and outcome.scope is Scope.ADDRESS


def _suppress(session: Session, outcome: Outcome) -> None:
    message = session.get_one(Message, (entered_shop(session), outcome.prepared.message_id))
    suppress(
        session,
        message.recipient,
        scope=SuppressionScope.ADDRESS,
        reason="hard_bounce",
        at=business_now(session),
        detail=outcome.reply,
    )
