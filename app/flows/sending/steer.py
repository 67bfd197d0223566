"""What the outbox asks the plan: who may still be handed off, under lock. What an outcome means is in settle.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.facts.gather import gather
from app.flows.facts.grounds import Grounds
from app.flows.language.steps import Step
from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.record_decision import record
from app.flows.rules.decision import Send
from app.flows.rules.guard import decide
from app.flows.sending import settle
from app.flows.sending.lock_group import Locked, lock
from app.flows.sending.one_each import one_each
from app.flows.timing.limits import Limits
from app.kit.clock import business_now
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.messages.outbox import Prepared, Steering
from app.messages.prepare import withdraw

HANDED_OVER = """update follow_up f set state = 'done', outcome = 'handed_over', reason = null, done_at = %(now)s,
    lease_until = null, message_id = t.message_id
    from unnest(%(ids)s::bigint[], %(messages)s::bigint[]) t(id, message_id)
    where f.shop_id = %(shop)s and f.id = t.id"""


def may_hand_off(session: Session, group: Sequence[Prepared]) -> set[int]:
    """Lock what could change the answer, decide anew, and return the messages that may go. The rest is recorded.

    Whoever unsubscribes, refunds, pauses or uninstalls takes the same locks: their commit comes before ours and is
    seen here, or after ours and finds the message gone. Lock order: shop, flow, order, person, row.
    """
    locked = lock(session, group)
    now = business_now(session)
    mine, others = one_each(locked.mine)
    same = [each for each in mine if _still_holds(each, locked, now)]
    allowed = {each.message_id for each in same}
    _mark_done(session, same, now)
    _put_back(session, others, now)
    changed = {each.follow_up_id: each for each in mine if each.message_id not in allowed}
    for one in gather(session, list(changed)) if changed else ():
        prepared, row = changed[one.follow_up.id], one.follow_up
        verdict = decide(one.facts, Limits(), now)
        if not isinstance(verdict, Send):
            withdraw(session, prepared.message_id)
            record(session, row, one.facts, verdict, now)
        elif not _says(prepared, one.step, verdict):
            # A line was refunded while the words were written: they are written again without it.
            withdraw(session, prepared.message_id)
            row.state, row.due_at, row.lease_until = FollowUpState.SCHEDULED, now, None
        else:
            row.state, row.outcome, row.reason = FollowUpState.DONE, "handed_over", None
            row.done_at, row.message_id, row.lease_until = now, prepared.message_id, None
            allowed.add(prepared.message_id)
    session.flush()
    return allowed


def _put_back(session: Session, others: Sequence[Prepared], now: datetime) -> None:
    """Let messages be decided anew at once, by what is handed off now: no try of theirs is spent."""
    for prepared in others:
        withdraw(session, prepared.message_id)
        row = session.get_one(FollowUp, (entered_shop(session), prepared.follow_up_id))
        row.state, row.due_at, row.lease_until = FollowUpState.SCHEDULED, now, None
        row.attempts, row.failures = max(row.attempts - 1, 0), 0


def _still_holds(prepared: Prepared, locked: Locked, now: datetime) -> bool:
    """Say whether nothing it was decided by has changed, and the same decision comes out at this later instant."""
    grounds = prepared.grounds
    if not isinstance(grounds, Grounds) or grounds.fingerprint != locked.fingerprints.get(prepared.follow_up_id):
        return False
    verdict = decide(grounds.facts, Limits(), now)
    return isinstance(verdict, Send) and _says(prepared, grounds.facts.step, verdict)


def _mark_done(session: Session, handed_over: Sequence[Prepared], now: datetime) -> None:
    if handed_over:
        facts = {
            "shop": entered_shop(session),
            "now": now,
            "ids": [each.follow_up_id for each in handed_over],
            "messages": [each.message_id for each in handed_over],
        }
        one_trip(session, [(HANDED_OVER, facts)])


STEERING = Steering(may_hand_off=may_hand_off, lock=settle.lock, settle=settle.settle)


def _says(prepared: Prepared, step: Step, verdict: Send) -> bool:
    return not step.about_lines or set(prepared.about) == set(verdict.lines)
