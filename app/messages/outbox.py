"""Send a group of prepared messages so that a crash leaves each one either certainly unsent or known to be unknown.

The one place with several transactions, and why: the receiver may deliver once it has the final dot, and no database
can take part in that. So the bodies go out first, the hand-off is committed (with eligibility re-read under lock), and
only then do the dots go. A crash before the commit leaves no dot and the message is retried; a crash after it leaves an
attempt in `handoff`, which becomes `unknown` and is never resent by itself. Nothing is pipelined past the dot.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.channels.base import OutboundMessage, OutcomeUnknown, PhasedTransport, Scope, TransportError
from app.kit import fault
from app.kit.clock import business_now
from app.kit.collided import anew_where_collided
from app.kit.rows.one_trip import one_trip
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.messages.models import AttemptState, MessageState
from app.messages.way_out import WayOut

FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=6)
LAST_BLOCKED_RETRY = timedelta(hours=1)  # whoever runs the way out puts it right for all: nobody waits long after that

MAX_ATTEMPTS = 12  # doubling from five minutes this is a little over the 72 hours receivers are usually given


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold one message whose attempt is committed as `prepared`. `fence` must still be ours when it is handed off.

    `about` are the order lines its words speak of; `grounds` what the layer above decided by, handed back to it.
    `spent` counts the earlier tries that ended by what the message or its recipient is.
    """

    message_id: int
    follow_up_id: int
    attempt: int
    fence: int
    about: tuple[int, ...]
    outbound: OutboundMessage
    grounds: object = None
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of one attempt. `scope` says how far a refusal reaches.

    `retry_in` is for what is tried again by itself: `deferred`, and `blocked` where the way out is closed for all.
    """

    prepared: Prepared
    state: AttemptState
    code: int | None = None
    reply: str | None = None
    retry_in: timedelta | None = None
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Steering:
    """Hold what the layer above decides about: who may still be handed off, and what an outcome means for the plan.

    All run inside the outbox's transactions. `may_hand_off` locks and re-reads; `lock` takes, before an outcome is
    written, the locks that come before a message's, and `settle` records.
    """

    may_hand_off: Callable[[Session, Sequence[Prepared]], set[int]]
    lock: Callable[[Session, Sequence[Outcome]], None]
    settle: Callable[[Session, Sequence[Outcome]], None]


def seal(group: Sequence[Prepared], transport: PhasedTransport) -> list[Prepared]:
    """Return the messages as they will be said: signed, which takes as long as the rest of the dialogue."""
    return [replace(each, outbound=transport.seal(each.outbound)) for each in group]


def send_group(
    runtime: Runtime,
    shop_id: int,
    group: Sequence[Prepared],
    way_out: WayOut,
    steering: Steering,
) -> None:
    """Send at most as many messages as there are connections; `way_out.settle` waits for what became of them.

    What the group before has taught (an address that is dead) is settled before this one may be handed off.
    """
    pairs = list(zip(group, way_out.connections, strict=False))
    way_out.start([(prepared.outbound, connection) for prepared, connection in pairs])
    refused = [_begin(prepared, connection) for prepared, connection in pairs]
    outcomes = [outcome for outcome in refused if outcome is not None]
    standing = [pair for pair, outcome in zip(pairs, refused, strict=True) if outcome is None]
    if standing:
        closed = [pair[1] for pair, outcome in zip(pairs, refused, strict=True) if _is_crowded_out(outcome)]
        way_out.give_up(closed)
    handed_off = _commit_hand_offs(runtime, shop_id, standing, way_out, steering)
    crossing = [pair for pair in standing if pair[0].message_id in handed_off]
    for _, connection in crossing:
        fault.point("K8")
        connection.cross()
    outcomes += [_cross(prepared, connection) for prepared, connection in crossing]
    if outcomes:
        way_out.recording = way_out.pool.submit(_keep, runtime, shop_id, outcomes, steering)


def _keep(runtime: Runtime, shop_id: int, outcomes: Sequence[Outcome], steering: Steering) -> None:
    fault.point("K10")

    def keep() -> None:
        with unit_of_work(runtime, shop_id=shop_id, committed="K11") as session:
            steering.lock(session, outcomes)
            steering.settle(session, _record(session, outcomes))

    anew_where_collided(keep)  # lost, the answers of a whole group would be unknown


def _commit_hand_offs(
    runtime: Runtime,
    shop_id: int,
    standing: Sequence[tuple[Prepared, PhasedTransport]],
    way_out: WayOut,
    steering: Steering,
) -> set[int]:
    """Commit `handoff` for whoever may still be sent to, and turn back every other connection. Returns message ids."""
    handed_off: set[int] = set()
    committed = False
    try:
        way_out.settle()
        if not standing:
            return handed_off
        with unit_of_work(runtime, shop_id=shop_id) as session:
            allowed = steering.may_hand_off(session, [prepared for prepared, _ in standing])
            handed_off = _mark_handoff(session, [each for each, _ in standing if each.message_id in allowed])
            fault.point("K7")
        committed = True
    finally:
        # Without a certain commit no dot may go, whatever the reason: the receivers drop what they have.
        for prepared, connection in standing:
            if not committed or prepared.message_id not in handed_off:
                connection.abandon()
    return handed_off


HAND_OFF = """with marked as (
        update attempt a set state = 'handoff', handoff_at = now()
        from unnest(%(messages)s::bigint[], %(tries)s::int[], %(fences)s::bigint[]) t(message_id, n, fence)
        where a.shop_id = %(shop)s and a.message_id = t.message_id and a.n = t.n and a.fence = t.fence
        and a.state = 'prepared' returning a.message_id
    )
    update message m set state = 'sending', sent_at = %(now)s from marked
    where m.shop_id = %(shop)s and m.id = marked.message_id returning m.id"""


def _mark_handoff(session: Session, group: Sequence[Prepared]) -> set[int]:
    """Move the attempts to `handoff` that are still as they were prepared; return their messages' ids."""
    (marked,) = one_trip(session, [(HAND_OFF, _tries(session, group) | {"now": business_now(session)})])
    return {message_id for (message_id,) in marked}


def _tries(session: Session, group: Sequence[Prepared]) -> dict[str, Any]:
    return {
        "shop": entered_shop(session),
        "messages": [each.message_id for each in group],
        "tries": [each.attempt for each in group],
        "fences": [each.fence for each in group],
    }


def _is_crowded_out(outcome: Outcome | None) -> bool:
    """Say whether a receiver that takes others takes no further connection."""
    return outcome is not None and outcome.scope is Scope.CHANNEL


def _begin(prepared: Prepared, connection: PhasedTransport) -> Outcome | None:
    """Bring one message before its dot; return what became of it when it did not get there."""
    try:
        connection.begin(prepared.outbound)
    except TransportError as refusal:
        return _refused(prepared, refusal)
    except ValueError as unsendable:  # an address or content that could smuggle a command never gets better
        return Outcome(prepared, AttemptState.REJECTED, reply=str(unsendable))
    return None


def _cross(prepared: Prepared, connection: PhasedTransport) -> Outcome:
    try:
        receipt = connection.finish()
    except TransportError as refusal:
        return _refused(prepared, refusal)
    except OutcomeUnknown as silence:
        return Outcome(prepared, AttemptState.UNKNOWN, reply=str(silence))
    return Outcome(prepared, AttemptState.ACCEPTED, code=receipt.code, reply=receipt.reply)


def _refused(prepared: Prepared, refusal: TransportError) -> Outcome:
    if refusal.scope in {Scope.SHOP, Scope.CHANNEL}:
        return _blocked(prepared, refusal)
    if refusal.permanent or prepared.spent + 1 >= MAX_ATTEMPTS:
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
        retry_in=back_off(prepared.spent + 1, refusal.retry_after_s),
        scope=refusal.scope,
    )


def _blocked(prepared: Prepared, refusal: TransportError) -> Outcome:
    """Return what a refusal of the shop, or of everybody, is for one message: no verdict on it, however often."""
    wait = back_off(prepared.attempt - prepared.spent, refusal.retry_after_s, LAST_BLOCKED_RETRY)
    return Outcome(
        prepared,
        AttemptState.BLOCKED,
        code=refusal.code,
        reply=refusal.message,
        retry_in=wait if refusal.scope is Scope.CHANNEL else None,
        scope=refusal.scope,
    )


def back_off(attempt: int, asked_s: float | None, longest: timedelta = LAST_RETRY) -> timedelta:
    """Return how long to wait before the next try: doubling, ± 20 %, never less than the receiver asked for."""
    doublings = min(attempt - 1, 10)  # far beyond the longest wait, and small enough to be an interval
    wait: timedelta = min(FIRST_RETRY * 2**doublings, longest) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries
    return max(wait, timedelta(seconds=asked_s or 0))


MESSAGE_AFTER = {
    AttemptState.ACCEPTED: MessageState.ACCEPTED,
    AttemptState.REJECTED: MessageState.REJECTED,
    AttemptState.DEFERRED: MessageState.PLANNED,
    AttemptState.BLOCKED: MessageState.PLANNED,
    AttemptState.UNKNOWN: MessageState.UNKNOWN,
}


RECORD = """with recorded as (
        update attempt a set state = t.state, reply_code = t.code, reply = t.reply, replied_at = now()
        from unnest(
            %(messages)s::bigint[], %(tries)s::int[], %(fences)s::bigint[],
            %(states)s::text[], %(codes)s::int[], %(replies)s::text[], %(becomes)s::text[]
        ) t(message_id, n, fence, state, code, reply, becomes)
        where a.shop_id = %(shop)s and a.message_id = t.message_id and a.n = t.n and a.fence = t.fence
        and a.state in ('prepared', 'handoff') returning a.message_id, t.becomes
    )
    update message m set accepted_at = case becomes when 'accepted' then %(now)s::timestamptz end,
        state = case when becomes in ('planned', 'rejected') and exists (
            select from attempt u where u.shop_id = m.shop_id and u.message_id = m.id and u.state = 'unknown'
        ) then 'unknown' else becomes end
    from recorded where m.shop_id = %(shop)s and m.id = recorded.message_id returning m.id"""


def _record(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Write outcomes; return those whose attempt had not moved on without us (a sweep called it unknown, a fence)."""
    told = {
        "now": business_now(session),
        "states": [each.state.value for each in outcomes],
        "codes": [each.code for each in outcomes],
        "replies": [each.reply for each in outcomes],
        "becomes": [MESSAGE_AFTER[each.state].value for each in outcomes],
    }
    (rows,) = one_trip(session, [(RECORD, told | _tries(session, [each.prepared for each in outcomes]))])
    recorded = {message_id for (message_id,) in rows}
    return [each for each in outcomes if each.prepared.message_id in recorded]
