"""What was kept of a decision decides the same again; an older record is still read."""

from datetime import timedelta

from sqlalchemy import select, update

from app.customers.models import Customer
from app.experiments import hold_out
from app.flows.models import Decision, FollowUp
from app.flows.rules.recorded import Recorded
from app.flows.sending import drain
from app.flows.words.decided.explain import explain
from app.kit.clock import business_now
from app.orders.models import Order
from app.shops.settings import Pause, save
from tests.as_written import rewrite
from tests.guard.crowd import asked_of
from tests.guard.recorded_shop import differing, kept


def test_every_recorded_decision_comes_out_the_same_from_what_was_kept(wired, started, sink):
    with started.work() as session:
        hold_out.set_share(session, "shop", 25, business_now(session))
    people = asked_of(started, 9, 5)
    with started.work() as session:
        numbers = [mailed.customer_id for mailed in people]
        session.execute(update(Order).where(Order.customer_id == numbers[0]).values(country="DE"))
        session.execute(update(Order).where(Order.customer_id == numbers[1]).values(cancelled_at=business_now(session)))
        session.execute(update(Order).where(Order.customer_id.in_(numbers[4:7])).values(country="JP"))
        session.execute(update(Customer).where(Customer.id == numbers[3]).values(erased_at=business_now(session)))
    while drain.drain(wired):
        pass
    with started.work() as session:
        save(session, Pause(paused_at=business_now(session).isoformat(), paused_by="user:7"), by="user:7")
        session.execute(update(FollowUp).where(FollowUp.state == "scheduled").values(due_at=business_now(session)))
    while drain.drain(wired):
        pass
    many, other = differing(started)
    assert other == []
    assert many >= 45
    reasons = {row.reason for row in started.rows(select(Decision.reason).distinct())}
    assert reasons >= {None, "no_basis", "order_cancelled", "outside_window", "erased", "holdout", "shop_paused"}
    assert reasons & {"cap_reached", "after_others"}


def test_a_record_from_before_a_field_was_there_is_still_told(wired, started, sink):
    asked_of(started, 1, 1)
    while drain.drain(wired):
        pass
    with started.work() as session:
        gone = "bounds,turn,holdout,same_sent_at,profile,calendar"
        older = {"rule_version": "1", "facts": "jsonb_set(facts, '{facts}', (facts->'facts') - :gone)"}
        rewrite(session, "decision", older, gone=gone.split(","))
        row = session.scalars(select(Decision)).one()
        told = explain(kept(row), "Ana")
        assert isinstance(kept(row), Recorded)
        assert told.verdict.startswith("Asked Ana")
        assert row.decided_at + timedelta(0) == row.decided_at
