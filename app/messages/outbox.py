"""Send a group of prepared messages so that a crash leaves each one either certainly unsent or known to be unknown.

The one place with several transactions, and why: the receiver may deliver once it has the final dot, and no database
can take part in that. So the bodies go out first, the hand-off is committed (with eligibility re-read under lock), and
only then do the dots go. A crash before the commit leaves no dot and the message is retried; a crash after it leaves an
attempt in `handoff`, which becomes `unknown` and is never resent by itself. Nothing is pipelined past the dot.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.channels.base import OutboundMessage, OutcomeUnknown, PhasedTransport, Scope, TransportError
from app.kit import fault
from app.kit.clock import business_now
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.models import Attempt, AttemptState, Message, MessageState

FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=6)
MAX_ATTEMPTS = 12  # doubling from five minutes this is a little over the 72 hours receivers are usually given


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold one message whose attempt is committed as `prepared`. `fence` must still be ours when it is handed off.

    `about` are the order lines its words speak of.
    """

    message_id: int
    follow_up_id: int
    attempt: int
    fence: int
    about: tuple[int, ...]
    outbound: OutboundMessage


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of one attempt. `retry_in` is for `deferred` alone; `scope` says how far a refusal reaches."""

    prepared: Prepared
    state: AttemptState
    code: int | None = None
    reply: str | None = None
    retry_in: timedelta | None = None
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Steering:
    """Hold what the layer above decides about: who may still be handed off, and what an outcome means for the plan.

    Both run inside the outbox's transactions. `may_hand_off` locks and re-reads; `settle` records.
    """

    may_hand_off: Callable[[Session, Sequence[Prepared]], set[int]]
    settle: Callable[[Session, Sequence[Outcome]], None]


def send_group(
    runtime: Runtime,
    shop_id: int,
    group: Sequence[Prepared],
    connections: Sequence[PhasedTransport],
    steering: Steering,
) -> list[Outcome]:
    """Send at most as many messages as there are connections; return what became of each."""
    outcomes: list[Outcome] = []
    standing: list[tuple[Prepared, PhasedTransport]] = []
    for prepared, connection in zip(group, connections, strict=False):
        try:
            connection.begin(prepared.outbound)
        except TransportError as refusal:
            outcomes.append(_refused(prepared, refusal))
        except ValueError as unsendable:  # an address or content that could smuggle a command never gets better
            outcomes.append(Outcome(prepared, AttemptState.REJECTED, reply=str(unsendable)))
        else:
            standing.append((prepared, connection))
    handed_off = _commit_hand_offs(runtime, shop_id, standing, steering)
    for prepared, connection in standing:
        if prepared.message_id in handed_off:
            fault.point("K8")
            outcomes.append(_cross(prepared, connection))
    if outcomes:
        fault.point("K10")
        with unit_of_work(runtime, shop_id=shop_id, committed="K11") as session:
            outcomes = [outcome for outcome in outcomes if _record(session, outcome)]
            steering.settle(session, outcomes)
    return outcomes


def _commit_hand_offs(
    runtime: Runtime, shop_id: int, standing: Sequence[tuple[Prepared, PhasedTransport]], steering: Steering
) -> set[int]:
    """Commit `handoff` for whoever may still be sent to, and turn back every other connection. Returns message ids."""
    if not standing:
        return set()
    handed_off: set[int] = set()
    committed = False
    try:
        with unit_of_work(runtime, shop_id=shop_id) as session:
            allowed = steering.may_hand_off(session, [prepared for prepared, _ in standing])
            for prepared, _ in standing:
                if prepared.message_id in allowed and _mark_handoff(session, prepared):
                    handed_off.add(prepared.message_id)
            fault.point("K7")
        committed = True
    finally:
        # Without a certain commit no dot may go, whatever the reason: the receivers drop what they have.
        for prepared, connection in standing:
            if not committed or prepared.message_id not in handed_off:
                connection.abandon()
    return handed_off


def _mark_handoff(session: Session, prepared: Prepared) -> bool:
    row = session.execute(
        update(Attempt)
        .where(
            Attempt.message_id == prepared.message_id,
            Attempt.n == prepared.attempt,
            Attempt.state == AttemptState.PREPARED,
            Attempt.fence == prepared.fence,
        )
        .values(state=AttemptState.HANDOFF, handoff_at=func.now())
        .returning(Attempt.id),
    ).first()
    if row is None:
        return False
    session.execute(
        update(Message).where(Message.id == prepared.message_id).values(state=MessageState.SENDING),
    )
    return True


def _cross(prepared: Prepared, connection: PhasedTransport) -> Outcome:
    try:
        receipt = connection.finish()
    except TransportError as refusal:
        return _refused(prepared, refusal)
    except OutcomeUnknown as silence:
        return Outcome(prepared, AttemptState.UNKNOWN, reply=str(silence))
    return Outcome(prepared, AttemptState.ACCEPTED, code=receipt.code, reply=receipt.reply)


def _refused(prepared: Prepared, refusal: TransportError) -> Outcome:
    if refusal.permanent or prepared.attempt >= MAX_ATTEMPTS:
        return Outcome(
            prepared,
            AttemptState.REJECTED,
            code=refusal.code,
            reply=refusal.message,
            scope=refusal.scope,
        )
    return Outcome(
        prepared,
        AttemptState.DEFERRED,
        code=refusal.code,
        reply=refusal.message,
        retry_in=back_off(prepared.attempt, refusal.retry_after_s),
        scope=refusal.scope,
    )


def back_off(attempt: int, asked_s: float | None) -> timedelta:
    """Return how long to wait before the next try: doubling, ± 20 %, never less than the receiver asked for."""
    wait: timedelta = min(FIRST_RETRY * 2 ** (attempt - 1), LAST_RETRY) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries
    return max(wait, timedelta(seconds=asked_s or 0))


MESSAGE_AFTER = {
    AttemptState.ACCEPTED: MessageState.ACCEPTED,
    AttemptState.REJECTED: MessageState.REJECTED,
    AttemptState.DEFERRED: MessageState.PLANNED,
    AttemptState.UNKNOWN: MessageState.UNKNOWN,
}


def _record(session: Session, outcome: Outcome) -> bool:
    """Write one outcome unless the attempt has moved on without us (a sweep called it unknown, a fence passed)."""
    prepared = outcome.prepared
    row = session.execute(
        update(Attempt)
        .where(
            Attempt.message_id == prepared.message_id,
            Attempt.n == prepared.attempt,
            Attempt.fence == prepared.fence,
            Attempt.state.in_([AttemptState.PREPARED, AttemptState.HANDOFF]),
        )
        .values(state=outcome.state, reply_code=outcome.code, reply=outcome.reply, replied_at=func.now())
        .returning(Attempt.id),
    ).first()
    if row is None:
        return False
    accepted_at = business_now(session) if outcome.state is AttemptState.ACCEPTED else None
    session.execute(
        update(Message)
        .where(Message.id == prepared.message_id)
        .values(state=MESSAGE_AFTER[outcome.state], accepted_at=accepted_at),
    )
    return True
