"""What the calendar starts is caught up after weeks without a look: each run once, and what is too late says so."""

import pytest
from sqlalchemy import select

from app.flows.facts.gather import gather
from app.flows.models import FollowUp
from app.flows.pages.why.entered import entered
from app.flows.planning.runs import watch
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.orders.models import Order
from tests.admin.flow_documents import running, runs

SILENCE = {"on": "days_without_order", "days": 30}


def verdict(merchant):
    with merchant.work() as session:
        (row,) = session.scalars(select(FollowUp.id)).all()
        (one,) = gather(session, [row])
        return decide(one.facts, Limits(), max(merchant.now, one.facts.follow_up.due_at))


def why(merchant, order):
    with merchant.work() as session:
        told = entered(session, [session.get_one(Order, (merchant.id, order))])[order]
        return next(each.words for each in told if each.flow == "Care")


@pytest.mark.parametrize("on", [SILENCE, "first_order_anniversary"])
@pytest.mark.parametrize(("away", "ending"), [(4, "Send"), (12, "Skip"), (50, "Skip")])
def test_after_days_without_a_look_a_run_starts_once_and_too_late_has_a_reason(merchant, on, away, ending):
    running(merchant, on=on)
    order = merchant.order("Ana", placed=28 if on is SILENCE else 363)
    merchant.pass_time(days=2 + away)
    for _ in range(2):
        watch.watch(merchant.wired)
    (run,) = runs(merchant)
    assert run.order_id == order
    found = verdict(merchant)
    assert (type(found).__name__, getattr(found, "reason", "stale")) == (ending, "stale")
    merchant.pass_time(days=1)
    assert watch.watch(merchant.wired) == 0  # what was started is not looked at again
    assert why(merchant, order).startswith("In it since")


def test_what_came_due_too_long_ago_is_not_started_and_why_does_not_deny_its_day(merchant):
    running(merchant, on=SILENCE)
    order = merchant.order("Ana", placed=28)
    merchant.pass_time(days=2 + 61)
    watch.watch(merchant.wired)
    assert runs(merchant) == []
    assert "came more than 60 days before it was looked for" in why(merchant, order)
