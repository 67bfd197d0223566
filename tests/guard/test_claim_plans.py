"""Taking what is due costs the same however much is pending, past, or due in other shops."""

from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import event, text

from app.flows.sending import claim, sweep
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.rows.one_trip import one_trip
from app.kit.work import unit_of_work
from app.shops.install import ensure_installed

SHOPS, PAST, DUE = 30, 1_500, 40
PLANT = (
    """insert into enrollment (shop_id, flow_id, version, subject_kind, subject_id, order_id, frozen, entered_at)
    select shop_id, min(id), 1, 'order', 0, 0, '{}', now() from flow where shop_id = :shop group by shop_id""",
    """insert into follow_up (shop_id, enrollment_id, order_id, step, state, outcome, due_at, provisional, expires_at,
        zone, fence, attempts)
    select e.shop_id, e.id, 0, 'step ' || n, case when n <= :past then 'done' else 'scheduled' end,
        case when n <= :past then 'handed_over' end,
        now() - case when n <= :past then interval '1 day' * n else interval '1 minute' end, false,
        now() + interval '1 day', 'UTC', 0, 0
    from enrollment e, generate_series(1, :past + :due) n where e.shop_id = :shop""",
)


@pytest.fixture
def shops(wired):
    """Shops with a past, a little due in each; the first has a long one."""
    found = []
    for number in range(SHOPS):
        with unit_of_work(wired) as session:
            found.append(ensure_installed(session, f"shop-{number}.myshopify.com").id)
        with unit_of_work(wired, shop_id=found[-1]) as session:
            for statement in PLANT:
                facts = {"shop": found[-1], "past": PAST * (1 if number else 10), "due": DUE}
                session.execute(text(statement), facts)
    with psycopg.connect(wired.config.database_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("vacuum analyze follow_up, shop_lease")
    return found


def rows_read(wired, asks, **entering):
    """How many rows of follow_up the statements of one unit of work look at, by their plans as they ran."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_):
        statements.append((statement, parameters))

    def noted(session, asked):
        statements.extend(asked)
        return one_trip(session, asked)

    with unit_of_work(wired, **entering) as session:
        engine = session.get_bind()
        session.connection()
        event.listen(engine, "before_cursor_execute", note)
        try:
            with patch.object(claim, "one_trip", noted):
                asks(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        session.rollback()
    read = 0
    with unit_of_work(wired, **entering) as session:
        for statement, parameters in statements:
            if "follow_up" in statement:
                told = session.connection().exec_driver_sql(f"explain (analyze, format json) {statement}", parameters)
                read += sum(looked_at(node) for node in nodes(told.scalar()[0]["Plan"]))
        session.rollback()
    return read


def nodes(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def looked_at(node):
    if node.get("Relation Name") != "follow_up" or "Scan" not in node["Node Type"]:
        return 0
    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return seen * node["Actual Loops"]


def test_what_is_due_is_found_by_one_look_at_each_shop_whatever_is_past_or_pending(wired, shops):
    def lease(session):
        claim.due_shops(session, business_now(session))

    def take(session):
        claim.take(session, business_now(session))

    assert 0 < rows_read(wired, claim.waiting, role=SYSTEM) <= 2 * SHOPS
    assert 0 < rows_read(wired, lease, role=SYSTEM) <= 2 * SHOPS
    assert DUE <= rows_read(wired, take, shop_id=shops[0]) <= 4 * DUE
    assert rows_read(wired, sweep.end_held, role=SYSTEM) == 0
