"""Runs of the merchant's own flows: started once by what happened, followed through waits and forks, ended in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select, update

from app.experiments.models import Exposure
from app.flows.facts.gather import gather
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.publishing.switch_flow import switch_off, switch_on
from app.flows.planning.runs import look, watch
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.kit.events import emit
from app.kit.work import unit_of_work
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.record.parcel import record_scan
from app.orders.record.told import WEBHOOK, OrderChanged, Told
from app.shopify.payloads.facts import FulfillmentEventFacts
from tests.admin.flow_documents import running, runs, save, send, stranded, wait

DAY = timedelta(days=1)
RICH = {"fact": "order_total", "op": "at_least", "value": 50}
REVIEWED = {"fact": "reviewed", "op": "is", "value": True}


def scan(merchant, order_id, status, at, n):
    with merchant.work() as session:
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id)).one()
        facts = FulfillmentEventFacts(n, parcel.shopify_id, 0, status, None, None, at, at, None)
        record_scan(session, parcel, facts, Told(WEBHOOK, at, merchant.now))
        emit(session, OrderChanged(order_id))


def done(merchant, step):
    with merchant.work() as session:
        session.execute(
            update(FollowUp)
            .where(FollowUp.step == step)
            .values(state=FollowUpState.DONE, outcome="handed_over", done_at=merchant.now)
        )


def verdict(merchant, step):
    with merchant.work() as session:
        row = session.scalars(select(FollowUp.id).where(FollowUp.step == step)).one()
        (one,) = gather(session, [row])
        return decide(one.facts, Limits(), max(merchant.now, one.facts.follow_up.due_at))


def test_what_happens_after_the_switch_starts_one_run_and_a_filter_is_asked_once(merchant):
    running(merchant, on={"on": "delivered", "filter": RICH})
    before = merchant.order("Ana", placed=9, sent=8, arrived=5)
    merchant.pass_time(days=1)
    rich = merchant.order("Bela", placed=3, sent=2, arrived=0)
    poor = merchant.order("Chris", placed=3, sent=2, arrived=0, total=20)
    for order in (before, rich, poor) * 3:
        merchant.told(order)
    assert [(run.order_id, run.ended_reason) for run in runs(merchant)] == [(rich, None), (poor, "filtered")]
    assert runs(merchant)[1].path[0]["because"][0]["found"] == 20
    with merchant.work() as session:  # its facts may change: it was asked
        session.execute(update(Order).where(Order.id == poor).values(total=500))
    merchant.told(poor)
    assert [run.ended_reason for run in runs(merchant)] == [None, "filtered"]
    assert set(merchant.plans("care_mail")) == {("#1402", "care_mail")}
    assert stranded(merchant) == []


def test_a_run_counts_from_what_started_it(merchant):
    running(merchant, send("care_mail", delay_days=2, delay_minutes=90))
    merchant.pass_time(days=1)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    row = merchant.plans()["#1401", "care_mail"]
    assert row.due_at == merchant.now + timedelta(days=2, minutes=90)
    assert runs(merchant)[0].started_at == merchant.now


def test_waits_and_branches_are_taken_as_their_time_comes(merchant):
    left = [send("reminder", anchor="previous_step")]
    fork = {"type": "branch", "key": "asked", "if": REVIEWED, "then": [], "else": left}
    running(merchant, send("first"), wait("pause", 3), fork)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    (run,) = runs(merchant)
    assert run.look_at == merchant.now + timedelta(minutes=1)  # when the first will have gone
    assert merchant.client.get("/readyz").json["runs_due"] == 0
    done(merchant, "first")
    merchant.pass_time(minutes=2)
    assert look.run_due(merchant.wired) == 1
    (run,) = runs(merchant)
    assert run.look_at == merchant.now - timedelta(minutes=2) + 3 * DAY
    assert set(merchant.pending()) == set()
    merchant.pass_time(days=3)
    assert merchant.client.get("/readyz").json["runs_due"] == 1
    assert look.run_due(merchant.wired) == 1
    (run,) = runs(merchant)
    assert [(each["key"], each["way"]) for each in run.path] == [("pause", "waited"), ("asked", "else")]
    assert run.path[1]["because"] == [{"fact": "reviewed", "op": "is", "value": True, "found": False, "holds": False}]
    assert (run.look_at, run.through_at) == (None, merchant.now)
    assert set(merchant.pending()) == {("#1401", "reminder")}
    page = merchant.fetch(f"/follow-ups/{merchant.pending()['#1401', 'reminder'].id}/why").text
    assert "Monday 23 November 12:00: waited till then." in page
    assert "took the other way (nothing of it was reviewed)." in page
    assert look.run_due(merchant.wired) == 0
    assert stranded(merchant) == []


def test_a_wait_for_an_event_goes_on_when_it_happens(merchant):
    until = {"type": "wait_until", "key": "there", "event": "out_for_delivery", "at_most_days": 9}
    running(merchant, until, send("soon", anchor="previous_step"), on="shipped")
    order = merchant.order("Ana", placed=0, sent=0)
    assert (runs(merchant)[0].look_at, merchant.pending()) == (merchant.now + 9 * DAY, {})
    merchant.pass_time(hours=30)
    scan(merchant, order, "out_for_delivery", merchant.now - timedelta(hours=1), 1)
    assert set(merchant.pending()) == {("#1401", "soon")}
    assert merchant.pending()["#1401", "soon"].anchor_at == merchant.now - timedelta(hours=1)


@pytest.mark.parametrize("order_of", list(permutations(["in_transit", "out_for_delivery", "attempted_delivery"])))
def test_scans_in_any_order_and_any_number_start_the_same_runs(merchant, order_of):
    for event in ("in_transit", "out_for_delivery", "failed_attempt"):
        running(merchant, on=event, key=event)
    order = merchant.order("Ana", placed=0, sent=0)
    start_at = merchant.now
    merchant.pass_time(days=2)
    at = {name: start_at + place * timedelta(hours=5) for place, name in enumerate(sorted(order_of), 1)}
    for n, status in enumerate([*order_of, order_of[0]]):
        scan(merchant, order, status, at[status], 90 + n % 3)
    keys = ("in_transit", "out_for_delivery", "failed_attempt")
    found = {key: [run.started_at for run in runs(merchant, key)] for key in keys}
    assert found == {
        "in_transit": [at["in_transit"]],
        "out_for_delivery": [at["out_for_delivery"]],
        "failed_attempt": [at["attempted_delivery"]],
    }


def test_a_hundred_tellings_at_once_are_one_run(merchant):
    running(merchant, on="paid", key="paid")
    order = merchant.order("Ana", placed=0, paid_at=None)
    with merchant.work() as session:
        session.execute(update(Order).where(Order.id == order).values(paid_at=merchant.now))

    def tell(_):
        with unit_of_work(merchant.wired, shop_id=merchant.id) as session:
            session.execute(select(Order.id).where(Order.id == order).with_for_update())
            emit(session, OrderChanged(order))

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(tell, range(100)))
    assert len(runs(merchant, "paid")) == 1
    assert len(merchant.plans("paid_mail")) == 1


def test_an_exit_leaves_out_what_was_planned(merchant):
    running(merchant, send("care_mail", delay_days=5), exit={"on": ["refunded", "cancelled"]})
    order = merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=1)
    with merchant.work() as session:
        session.execute(update(Order).where(Order.id == order).values(cancelled_at=merchant.now))
        emit(session, OrderChanged(order))
    (run,) = runs(merchant)
    assert (run.ended_reason, run.ended_at) == ("exited", merchant.now)
    assert merchant.plans()["#1401", "care_mail"].reason == "exited"


def test_a_goal_reached_by_another_order_is_seen_at_the_last_moment(merchant):
    running(merchant, send("care_mail", delay_days=5), goal={"event": "ordered_again", "window_days": 30})
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    assert type(verdict(merchant, "care_mail")).__name__ == "Send"
    merchant.pass_time(days=1)
    another = merchant.order("Ana", placed=0)
    with merchant.work() as session:
        first = session.scalars(select(Order.customer_id).order_by(Order.id)).first()
        session.execute(update(Order).where(Order.id == another).values(customer_id=first))
    told = verdict(merchant, "care_mail")
    assert (told.reason, told.rule) == ("goal_reached", 9)


def test_the_profile_is_asked_again_before_the_message(merchant):
    running(merchant, profile={"fact": "order_tags", "op": "none_of", "value": ["vip"]})
    order = merchant.order("Ana", placed=3, sent=2, arrived=0)
    assert type(verdict(merchant, "care_mail")).__name__ == "Send"
    with merchant.work() as session:
        session.execute(update(Order).where(Order.id == order).values(tags="gift, VIP"))
    told = verdict(merchant, "care_mail")
    assert (told.reason, told.rule) == ("profile", 6)
    assert told.looked_at["against"] == "a tag of the order is VIP, gift"


def test_a_year_after_the_first_order_and_every_year_again(merchant):
    running(merchant, on="first_order_anniversary")
    merchant.order("Ana", placed=364)
    assert watch.watch(merchant.wired) == 0 or runs(merchant) == []
    merchant.pass_time(hours=15)
    for _ in range(3):
        watch.watch(merchant.wired)
    (run,) = runs(merchant)
    assert (run.subject_kind, run.occurrence, run.started_at) == ("customer", 1, datetime(2026, 11, 21, tzinfo=UTC))
    merchant.pass_time(days=365)
    watch.watch(merchant.wired)
    assert [each.occurrence for each in runs(merchant)] == [1, 2]
    assert len(merchant.rows(select(FollowUp.id).where(FollowUp.step == "care_mail"))) == 2


def test_days_without_an_order_count_from_the_last_one(merchant):
    running(merchant, on={"on": "days_without_order", "days": 30})
    first = merchant.order("Ana", placed=29)
    later = merchant.order("Bela", placed=29)
    merchant.order("Chris", placed=45)  # its day was before the flow was on
    newer = merchant.order("Bela", placed=2)
    with merchant.work() as session:
        same = session.scalars(select(Order.customer_id).where(Order.id == later)).one()
        session.execute(update(Order).where(Order.id == newer).values(customer_id=same))
    merchant.pass_time(days=2)
    for _ in range(2):
        watch.watch(merchant.wired)
    assert [(run.subject_kind, run.subject_id) for run in runs(merchant)] == [("order", first)]


def test_a_split_sends_the_same_person_the_same_way_and_keeps_it(merchant):
    arms = [{"name": each, "share": 1, "steps": [send(f"mail_{each}")]} for each in "ab"]
    running(merchant, {"type": "split", "key": "words", "experiment": "words", "arms": arms})
    for place in range(6):
        merchant.order(f"P{place}", placed=3, sent=2, arrived=0)
    ways = {run.customer_id: run.path[0]["way"] for run in runs(merchant)}
    assert {row.customer_id: row.arm for (row,) in merchant.rows(select(Exposure))} == ways
    assert sorted(step for _, step in merchant.pending()) == sorted(f"mail_{way}" for way in ways.values())


def test_switching_off_holds_and_on_goes_on(merchant):
    running(merchant)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    with merchant.work() as session:
        switch_off(session, "care", by="user:7")
    told = verdict(merchant, "care_mail")
    assert (type(told).__name__, told.reason) == ("Hold", "flow_paused")
    with merchant.work() as session:
        switch_on(session, "care", by="user:7")
    assert type(verdict(merchant, "care_mail")).__name__ == "Send"


def test_starting_the_presets_starts_nothing_else(merchant):
    save(merchant)
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    found = {flow.key: flow.started_at for (flow,) in merchant.rows(select(Flow))}
    assert [key for key, at in found.items() if at is None] == ["care"]


def test_a_look_finds_nothing_to_do_for_an_order_that_is_gone(merchant):
    running(merchant, send("first"), wait("pause", 3), send("second"))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    with merchant.work() as session:
        session.execute(update(Enrollment).values(order_id=-1, look_at=merchant.now))
    assert look.run_due(merchant.wired) == 1
    assert runs(merchant)[0].look_at > merchant.now


def test_an_order_that_cannot_be_looked_at_keeps_no_other_waiting(merchant, monkeypatch):
    running(merchant, wait("pause", 1), send("care_mail"))
    merchant.pass_time(minutes=1)
    orders = [merchant.order(name, placed=1, sent=1, arrived=0) for name in ("Ana", "Bela")]
    merchant.pass_time(days=2)
    follow = look.replan

    def replan_but_one(session, order, parcels):
        if order.id == orders[0]:
            raise ValueError
        follow(session, order, parcels)

    monkeypatch.setattr(look, "AT_ONCE", 1)
    with monkeypatch.context() as broken:
        broken.setattr(look, "replan", replan_but_one)
        assert [look.run_due(merchant.wired) for _ in orders] == [0, 1]
    assert [key for key, _ in merchant.plans("care_mail")] == ["#1402"]
    merchant.pass_time(minutes=16)
    look.run_due(merchant.wired)
    assert len(merchant.plans("care_mail")) == 2
