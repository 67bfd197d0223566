"""Work nobody waits for at a page: whoever does it dies or stands still anywhere, and it is done once all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.flows.models import Enrollment
from app.flows.planning.look_back import campaign, survey
from app.flows.planning.runs import watch
from app.flows.replay.job import run as replay
from app.flows.replay.job.models import Replay, ReplayPart, ReplayState
from app.flows.replay.question import pages
from app.kit import jobs, periodic, ticker
from app.kit.periodic import Periodic
from app.kit.queue import BULK, SENDS
from app.orders.arrival.unsent import note_unsent
from app.orders.models import Order, OrderEvent
from app.shopify.models import SyncCursor
from tests.admin.conftest import clock, one_app, serve, wired
from tests.admin.flow_documents import running, runs, send, stranded, wait
from tests.admin.merchant import DAY, Merchant
from tests.admin.test_look_back import bought_before
from tests.admin.test_look_back import running as started
from tests.admin.test_replays import ask, past

__all__ = ["clock", "one_app", "serve", "wired"]

ACTIONS = ("kill", "raise", "hang", "stop")


@pytest.fixture
def merchant(wired, clock):
    """A merchant whose shop is not asked anything."""
    made = Merchant(wired, clock)
    with made.work() as session:
        session.execute(update(SyncCursor).values(next_at=made.now + 1_000 * DAY))
    return made


def work(queue=BULK):
    """Do what waits, as a worker that was started anew does."""
    jobs.look(queue)


def every(merchant, name, doer):
    """Leave one periodic job to the workers, due now."""
    merchant.wired.parts["periodic"] = jobs_of = {name: Periodic(timedelta(hours=1), doer)}
    with merchant.work() as session:
        periodic.plan(session, jobs_of)


def mails(sink):
    """Whom the mails went to that were delivered, sorted."""
    heads = [mail.decode().partition("\r\n\r\n")[0].splitlines() for mail in sink.delivered]
    return sorted(line.partition(": ")[2] for head in heads for line in head if line.startswith("To: "))


def rung(merchant):
    """The kinds of work a ticker would ring for."""
    with ticker.unit_of_work(merchant.wired, role=ticker.SYSTEM) as session:
        return [kind.doer for kind in merchant.wired.work if kind.waiting(session)]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["L1", "L2"])
def test_a_run_that_was_being_looked_at_goes_on_once(merchant, serve, crash, point, action):
    sink = serve()
    running(merchant, wait("pause", 2), send("later", anchor="previous_step"), on="shipped")
    for name in ("Ana", "Bela"):
        merchant.order(name, placed=0, sent=0)
    merchant.pass_time(days=2, hours=1)
    crash.run(point, action, work)
    merchant.pass_time(minutes=16)  # one that failed is put off by a quarter of an hour
    work()
    work(SENDS)
    assert len(mails(sink)) == 2
    assert [run.through_at is not None for run in runs(merchant)] == [True, True]
    assert (stranded(merchant), rung(merchant)) == ([], [])


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["J1", "J2", "L3", "L4"])
def test_the_calendar_starts_each_run_once(merchant, serve, crash, monkeypatch, point, action):
    sink = serve()
    monkeypatch.setattr(watch, "AT_ONCE", 2)
    running(merchant, on={"on": "days_without_order", "days": 30})
    orders = [merchant.order(name, placed=28) for name in ("Ana", "Bela", "Chloe")]
    merchant.pass_time(days=3)
    every(merchant, "start_by_calendar", "app.flows.planning.runs.watch.watch")
    crash.run(point, action, work)
    merchant.pass_time(hours=2)
    work()
    work(SENDS)
    assert [run.order_id for run in runs(merchant)] == orders
    assert len(mails(sink)) == len(set(mails(sink))) == 3
    assert (stranded(merchant), rung(merchant)) == ([], [])


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["D1", "D2"])
def test_that_an_order_is_not_sent_is_said_once(merchant, crash, point, action):
    orders = [merchant.order(name, placed=7, paid_at=merchant.now - 7 * DAY) for name in ("Ana", "Bela")]
    with merchant.work() as session:
        for order in orders:
            note_unsent(session, session.get_one(Order, (merchant.id, order)))
    crash.run(point, action, work)
    if rung(merchant):
        work()
    said = select(OrderEvent.order_id).where(OrderEvent.kind == "fulfilment_stalled").order_by(OrderEvent.order_id)
    assert [order for (order,) in merchant.rows(said)] == orders
    assert rung(merchant) == []


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["F1", "F2"])
def test_of_orders_from_before_a_day_takes_in_its_number(merchant, serve, crash, monkeypatch, point, action):
    sink = serve()
    monkeypatch.setattr(survey, "MOST", 1)
    bought_before(merchant, 3)
    started(merchant)
    with merchant.work() as session:
        campaign.begin(session, months=3, daily_cap=2, by="user:7")
    every(merchant, "look_back", "app.flows.planning.look_back.campaign.recruit")
    crash.run(point, action, work)
    taken = []
    for _ in range(3):
        merchant.pass_time(hours=1, minutes=30)
        work()
        taken.append(merchant.rows(select(func.count(Enrollment.id)))[0][0])
        merchant.pass_time(hours=22, minutes=30)
        work(SENDS)
    assert taken == [2, 3, 3]
    assert len(mails(sink)) == len(set(mails(sink))) == 3
    assert stranded(merchant) == []


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["Q1", "Q2", "Q3", "Q4"])
def test_a_question_to_the_past_has_its_one_answer(merchant, crash, monkeypatch, point, action):
    monkeypatch.setattr(replay, "pages", lambda people: pages(people, 4))
    past(merchant, 4)
    ask(merchant)
    crash.run(point, action, work)
    if rung(merchant):
        work()
    ask(merchant)
    work()
    (one,), (undisturbed,) = merchant.rows(select(Replay).order_by(Replay.id))
    assert (one.state, one.orders) == (ReplayState.DONE, 6)
    assert one.answer == undisturbed.answer
    assert merchant.rows(select(ReplayPart.id)) == []
    assert rung(merchant) == []
