"""Decide about claimed rows and write the messages that go, a batch in one transaction.

Everything asked of the database is asked for the whole batch; between, each row is decided and written by itself, so
that a failure nobody foresaw holds up one row and not the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app.experiments import expose, hold_out
from app.flows.facts.gather import Gathered, gather
from app.flows.facts.gather_turn import Asked, said_before
from app.flows.facts.grounds import Fingerprint, Grounds, asked, fingerprints
from app.flows.models import FollowUpState
from app.flows.planning.record_decision import Evaluated, finish, record, record_all
from app.flows.rules.decision import Send, TemplateFacts
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.rules.turn import is_capped
from app.flows.sending.compose import ShopUnread
from app.flows.sending.left_behind import free_left_behind
from app.flows.sending.lock_group import SENDERS
from app.flows.sending.recall import is_lost, recall
from app.flows.sending.write import Desk, Written, prepare_desk, write
from app.flows.timing.limits import Limits
from app.kit import fault
from app.kit.clock import business_now
from app.kit.rows.one_trip import one_trip
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.messages.mail.fill import RenderError
from app.messages.mail.mime import MimeError
from app.messages.outbox import Prepared
from app.messages.prepare import Kept, keep, withdraw

LOCK_ROWS = "select id from follow_up where shop_id = %(shop)s and id = any(%(ids)s) order by id for update"
AFTER_FAILURE = timedelta(minutes=15)
MAX_FAILURES = 5

log = structlog.get_logger()


def decide_due(runtime: Runtime, shop_id: int, claimed: Mapping[int, int]) -> list[Prepared]:
    """Return the messages to hand over of rows claimed (id → fence). K2 all is written, K3 committed."""
    with unit_of_work(runtime, shop_id=shop_id, committed="K3") as session:
        before = _still_ours(session, claimed)
        now = business_now(session)
        found = [
            one
            for one in gather(session, list(claimed))
            if one.follow_up.fence == claimed[one.follow_up.id] and one.follow_up.state is FollowUpState.CLAIMED
        ]
        sends = [(one, verdict) for one in found if (verdict := _decided(session, one, now)) is not None]
        desk = prepare_desk(session, runtime.config, [one for one, _ in sends])
        written = [each for one, verdict in sends if (each := _written(session, desk, one, verdict, now)) is not None]
        written = _new_words(session, written, now)
        record_all(session, [Evaluated(each.one.follow_up, each.one.facts, each.verdict) for each in written], now)
        prepared = _kept(session, written, before, now)
        if prepared:
            fault.point("K2")
    return prepared


def _still_ours(session: Session, claimed: Mapping[int, int]) -> dict[int, Fingerprint]:
    """Lock the rows, so that whoever plans anew waits until we have decided; return their fingerprints.

    Shop and flows are locked before: whoever resumes them waits, and then finds what we hold because they were paused.
    The fingerprints are taken before the facts are read: what changes in between shows at the hand-off.
    """
    facts = {"shop": entered_shop(session), "ids": list(claimed)}
    locks = [(sql, facts) for sql in (*SENDERS, LOCK_ROWS)]
    *_, prints = one_trip(session, [*locks, asked(entered_shop(session), list(claimed))])
    return fingerprints(prints)


def _decided(session: Session, one: Gathered, now: datetime) -> Send | None:
    """Decide about one row; what is not to be sent is recorded."""
    try:
        verdict = decide(one.facts, Limits(), now)
        if isinstance(verdict, Send):
            return verdict
        record(session, one.follow_up, one.facts, verdict, now)
        if is_lost(one, verdict):
            recall(session, one, now)
    except Exception as failure:  # noqa: BLE001 - the edge of one row
        _push_ahead(one, failure, now)
    return None


def _written(session: Session, desk: Desk, one: Gathered, verdict: Send, now: datetime) -> Written | None:
    """Write one message; one that cannot be written is skipped and says why, unless it soon can be."""
    try:
        try:
            written = write(desk, one, verdict, now)
        except ShopUnread:
            log.warning("shop_unread", follow_up=one.follow_up.id)
            _put_off(one, now)
            one.follow_up.failures = 0  # nothing was tried: it waits until it can be written, or is too old
            return None
        except (RenderError, MimeError) as problem:
            log.warning("render_error", step=one.step.key, field=problem.field)
            facts = replace(one.facts, template=TemplateFacts(problem=str(problem)))
            record(session, one.follow_up, facts, decide(facts, Limits(), now), now)
            return None
        if written is None:
            finish(one.follow_up, Reason.ALREADY_SENT, now)
            return None
    except Exception as failure:  # noqa: BLE001 - the edge of one row
        _push_ahead(one, failure, now)
        return None
    return written


def _new_words(session: Session, written: Sequence[Written], now: datetime) -> list[Written]:
    """Return what still goes once it is known what it says; who had the very words lately does not get them again."""
    optional = [each for each in written if each.draft.optional]
    if not optional:
        return list(written)
    since = now - max(timedelta(days=each.one.facts.bounds.same_apart_days) for each in optional)
    asked = [Asked(each.one.follow_up, each.one.step, each.one.order, each.one.person.address) for each in optional]
    said = said_before(session, {each.one.follow_up.id: each.draft.substance for each in optional}, asked, since)
    left = []
    for each in written:
        at = said.get(each.one.follow_up.id)
        facts = replace(each.one.facts, same_sent_at=at)
        verdict = decide(facts, Limits(), now) if at is not None else each.verdict
        if isinstance(verdict, Send):
            left.append(each)
        else:
            record(session, each.one.follow_up, facts, verdict, now)
    return left


def _kept(
    session: Session, written: Sequence[Written], before: Mapping[int, Fingerprint], now: datetime
) -> list[Prepared]:
    """Make the rows of what was written; words about things another message took meanwhile are not sent."""
    rows = keep(session, [each.draft for each in written])
    prepared: list[Prepared] = []
    shown: list[expose.Shown] = []
    for each in written:
        row, kept = each.one.follow_up, rows.get(each.draft.follow_up_id)
        if kept is None and not free_left_behind(session, each.draft):
            finish(row, Reason.ALREADY_SENT, now)
        elif kept is None or set(kept.items) != set(each.draft.items):
            if kept is not None:
                withdraw(session, kept.message_id)
                free_left_behind(session, each.draft)
            row.state, row.due_at, row.lease_until = FollowUpState.SCHEDULED, now, None
        else:
            prepared.append(_prepared(each, kept, before[row.id]))
            if each.experiment_id is not None and each.draft.customer_id is not None and each.draft.arm is not None:
                shown.append(expose.Shown(each.experiment_id, each.draft.customer_id, each.draft.arm, kept.message_id))
    expose.expose(session, shown, now)
    outside = [each.one for each in written if is_capped(each.one.step) and each.draft.customer_id is not None]
    hold_out.expose_sent(session, [(one.order.customer_id or 0, one.flow.key) for one in outside], now)
    return prepared


def _prepared(each: Written, kept: Kept, fingerprint: Fingerprint) -> Prepared:
    grounds = Grounds(fingerprint, each.one.facts, each.one.keys)
    draft = each.draft
    return Prepared(
        kept.message_id,
        draft.follow_up_id,
        kept.attempt,
        draft.fence,
        each.verdict.lines,
        each.outbound,
        grounds,
        draft.known.spent,
    )


def _push_ahead(one: Gathered, failure: Exception, now: datetime) -> None:
    row = one.follow_up
    log.error("follow_up_failed", follow_up=row.id, step=row.step, exc_info=failure)
    if row.failures >= MAX_FAILURES:
        finish(row, Reason.FAILED, now)
    else:
        _put_off(one, now)


def _put_off(one: Gathered, now: datetime) -> None:
    row = one.follow_up
    row.state, row.due_at, row.lease_until = FollowUpState.SCHEDULED, now + AFTER_FAILURE, None
