"""The fingerprint of what a decision rests on: it covers every table the facts come from, and sees every change."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from app.customers.consent import state_consent
from app.flows.facts import grounds
from app.flows.facts.gather import gather
from app.flows.models import FollowUp
from app.flows.sending import lock_group
from app.kit.clock import business_now
from app.kit.rows import question
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.orders.reversals import ReturnCase, ReturnLine
from tests.shopper.test_unsubscribe_race import asked_today, started  # noqa: F401 - a fixture

NAMED = re.compile(r'\b(?:from|join)\s+"?([a-z_]+)', re.IGNORECASE)
VERSIONS = {"flow_version"}  # never changed once written; which one holds stands in flow and enrollment
CHANGES = {
    "follow_up": "set fence = fence + 1",
    "enrollment": "set ended_at = now()",
    "flow": "set state = 'paused'",
    "order": "set cancelled_at = now()",
    "order_line": "set current_quantity = 0",
    "fulfillment": "set status = 'cancelled'",
    "fulfillment_line": "set quantity = quantity + 1",
    "customer": "set email = 'somebody.else@example.com'",
    "shop": "set status = 'uninstalled'",
    "shop_profile": "set name = name || '!'",
}


@pytest.fixture
def due(started):  # noqa: F811 - the fixture above
    """One person about to be asked for a review; `due.follow_up` is the follow-up's."""
    asked_today(started, 1)
    with started.work() as session:
        started.follow_up = session.scalars(select(FollowUp.id)).one()
    return started


def fingerprint(session, follow_up_id):
    session.flush()
    (rows,) = one_trip(session, [grounds.asked(entered_shop(session), [follow_up_id])])
    return grounds.fingerprints(rows)[follow_up_id]


def test_every_table_the_facts_are_read_from_is_in_the_fingerprint(due, monkeypatch):
    read = set()

    def listen(connection, cursor, statement, *rest):
        read.update(NAMED.findall(statement))

    def in_one_trip(session, asked):
        read.update(*(NAMED.findall(sql) for sql, _ in asked))
        return one_trip(session, asked)

    monkeypatch.setattr(question, "one_trip", in_one_trip)
    event.listen(due.wired.engines.app, "before_cursor_execute", listen)
    try:
        with due.work() as session:
            (one,) = gather(session, [due.follow_up])
    finally:
        event.remove(due.wired.engines.app, "before_cursor_execute", listen)
    assert one.facts.items
    assert {"order", "review", "suppression", "message_item", "consent_entry"} <= read
    assert read - VERSIONS - {"clock_offset"} <= set(NAMED.findall(grounds.PRINT))


def test_nothing_changed_is_the_same_fingerprint(due):
    with due.work() as session:
        assert fingerprint(session, due.follow_up) == fingerprint(session, due.follow_up)


def test_a_return_and_what_is_in_it_change_the_fingerprint(due):
    with due.work() as session:
        prints = [fingerprint(session, due.follow_up)]
        (one,) = gather(session, [due.follow_up])
        now = business_now(session)
        case = ReturnCase(
            shop_id=due.id, order_id=one.order.id, shopify_id=1, status="open", opened_at=now, source_updated_at=now
        )
        session.add(case)
        prints.append(fingerprint(session, due.follow_up))
        line = ReturnLine(
            shop_id=due.id, return_case_id=case.id, order_line_id=one.facts.items[0].order_line_id, quantity=1
        )
        session.add(line)
        prints.append(fingerprint(session, due.follow_up))
        case.status = "closed"
        prints.append(fingerprint(session, due.follow_up))
        line.quantity = 2
        prints.append(fingerprint(session, due.follow_up))
        session.rollback()
    assert len({tuple(sorted(each.items())) for each in prints}) == len(prints)


@pytest.mark.parametrize("table", CHANGES)
def test_a_changed_row_changes_the_fingerprint(due, table):
    with due.work() as session:
        before = fingerprint(session, due.follow_up)
        changed = session.execute(text(f'update "{table}" {CHANGES[table]}')).rowcount
        assert changed
        assert fingerprint(session, due.follow_up) != before
        session.rollback()


def test_a_new_statement_of_consent_changes_the_fingerprint(due):
    with due.work() as session:
        before = fingerprint(session, due.follow_up)
        (one,) = gather(session, [due.follow_up])
        now = business_now(session) + timedelta(seconds=1)
        told = {"state": "unsubscribed", "source": "shopify", "happened_at": now, "received_at": now}
        state_consent(session, one.order.customer_id, **told)
        assert fingerprint(session, due.follow_up) != before
        session.rollback()


MANY = 24
PEOPLE = {"customer", "order"}


def test_who_has_had_what_is_looked_up_once_for_all_on_a_database_without_statistics(started):  # noqa: F811
    asked_today(started, MANY)
    with started.work() as session:
        ids = list(session.scalars(select(FollowUp.id)))
        sql, facts = grounds.asked(entered_shop(session), ids)
        ((plan,),) = one_trip(session, [(f"explain (analyze, format json, timing off) {sql}", facts)])[0]
    (heard,) = (part for part in parts(plan[0]["Plan"]) if part.get("Subplan Name") == "CTE heard")
    assert len(ids) == MANY
    assert heard["Actual Loops"] == 1
    assert max(part["Actual Loops"] for part in parts(heard)) <= MANY


def test_whom_to_lock_is_found_once_and_by_index_on_a_database_without_statistics(started):  # noqa: F811
    asked_today(started, MANY)
    with started.work() as session:
        facts = {"shop": entered_shop(session), "ids": list(session.scalars(select(FollowUp.id)))}
        asked = [(f"explain (analyze, format json, timing off) {sql}", facts) for sql in lock_group.LOCKS]
        plans = [rows[0][0] for rows in one_trip(session, asked)]
    looked = [part for plan in plans for part in parts(plan[0]["Plan"]) if part.get("Relation Name") in PEOPLE]
    assert {part["Relation Name"] for part in looked} == PEOPLE
    assert max(part["Actual Loops"] for part in looked) == 1


def parts(plan):
    """Return a plan's parts, itself first."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts(part)
