"""Every reason of the closed list is decided, kept in the database, read back and told in words."""

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.flows.models import Decision, Enrollment, Flow, FollowUp, FollowUpState
from app.flows.pages.why.derivation import derive_all
from app.flows.planning.record_decision import Evaluated, finish, record_all
from app.flows.rules.decision import ProfileFacts, Send
from app.flows.rules.guard import decide
from app.flows.rules.reason_sentences import SENTENCES
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import recorded
from app.flows.words.decided.explain import explain
from app.kit.clock import real_now
from tests.flows.cases import LIMITS, NOON, facts
from tests.guard.every_reason import OUTSIDE, every_case

HERE = Path(__file__)
TESTS = HERE.parents[1]
BY_TABLE = {each for each in Reason if each.value not in OUTSIDE} | {Reason.EXITED, Reason.GOAL_REACHED}

OF_OTHERS = {Reason.FAILED}  # words that messages, hits and webhooks end by too


def cases():
    """One case for each reason the table gives: facts, instant, verdict."""
    found = {}
    ended = [facts(profile=ProfileFacts(ended=each)) for each in ("exited", "goal_reached")]
    for known in (*every_case(), *ended):
        for now in (NOON, known.follow_up.expires_at):
            verdict = decide(known, LIMITS, now)
            if not isinstance(verdict, Send):
                found.setdefault(verdict.reason, (known, now, verdict))
    return found


def rows_of_one_order(session, people, count):
    """So many messages about one order, each of a run of its own."""
    mailed = people.put(session, ("Kettle",), real_now(), asked=False)
    flow = session.scalars(select(Flow).where(Flow.shop_id == people.id, Flow.key == "parcel")).one()
    rows = []
    for number in range(1, count + 1):
        run = Enrollment(
            shop_id=people.id, flow_id=flow.id, version=flow.version, subject_kind="order", subject_id=mailed.order_id,
            occurrence=number, order_id=mailed.order_id, customer_id=mailed.customer_id, frozen={}, entered_at=NOON,
        )  # fmt: skip
        session.add(run)
        session.flush()
        row = FollowUp(
            shop_id=people.id, enrollment_id=run.id, order_id=mailed.order_id, step="review_request",
            state=FollowUpState.SCHEDULED, due_at=NOON, provisional=False, expires_at=NOON + timedelta(days=20),
            zone="Europe/London", fence=0, attempts=0,
        )  # fmt: skip
        session.add(row)
        rows.append(row)
    session.flush()
    return rows


def told(session, rows):
    found = {each.follow_up_id: each for each in derive_all(session, [row.id for row in rows])}
    return [found[row.id] for row in rows]


def test_every_reason_of_the_table_is_reached():
    assert set(cases()) == BY_TABLE


def test_each_is_kept_read_back_and_told_as_it_was_decided(people):
    reached = cases()
    with people.work() as session:
        rows = rows_of_one_order(session, people, len(reached))
        for row, (known, now, verdict) in zip(rows, reached.values(), strict=True):
            record_all(session, [Evaluated(row, known, verdict)], now)
        session.flush()
        for one, row, (reason, (known, now, verdict)) in zip(told(session, rows), rows, reached.items(), strict=True):
            kept = session.scalars(select(Decision).where(Decision.follow_up_id == row.id)).one()
            assert (kept.reason, kept.rule, row.reason) == (reason, verdict.rule, reason)
            words = one.why.explanation.verdict
            as_decided = explain(recorded(verdict, known, now), one.why.person, one.now, one.zone)
            assert words == as_decided.verdict, reason
            assert one.why.explanation.rules == as_decided.rules
            assert re.search(r"[.”]$", words), words
            assert not re.search(r"[{}]", words), words
        session.rollback()


def test_each_end_that_no_rule_decides_is_told_too(people):
    outside = sorted(set(Reason) - BY_TABLE)
    with people.work() as session:
        rows = rows_of_one_order(session, people, len(outside))
        for row, reason in zip(rows, outside, strict=True):
            finish(row, reason, NOON)
        session.flush()
        for one, reason in zip(told(session, rows), outside, strict=True):
            words = one.why.explanation.verdict
            tail = SENTENCES[reason].rpartition("}")[2]
            assert words.endswith(tail), (reason, words)
            assert not re.search(r"[{}]", words), words
        session.rollback()


def test_each_of_those_is_brought_about_by_a_test_of_its_own():
    """Read as text: what ends a message without a decision is asserted where the verb that ends it is tested."""
    texts = [path.read_text() for path in TESTS.rglob("test_*.py") if path.name not in {"test_reasons.py", HERE.name}]
    for reason in sorted(set(Reason) - BY_TABLE):
        words = f'"{reason.value}"' if reason not in OF_OTHERS else f"Reason.{reason.name}"
        assert any(words in text or f"Reason.{reason.name}" in text for text in texts), reason
