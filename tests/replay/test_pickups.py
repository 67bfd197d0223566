"""What the shop's counter said comes out again: calls to fetch it, thanks, and asks that count from the pickup."""

from datetime import timedelta

from sqlalchemy import update

from app.flows.language.forms import flow_document
from app.flows.models import Flow
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.flows.planning.runs import look
from tests.admin.flow_documents import document, send
from tests.convergence.test_out_of_order import act, buy
from tests.replay.played import differences, forget_decisions, left, replayed

STEP = timedelta(hours=6)
DAYS = 16
# By order: how many hours after it lies at the counter what is shown.
LIVES = (
    ((20, "ready_for_pickup"), (50, "picked_up")),
    ((20, "ready_for_pickup"), (21, "picked_up")),  # fetched before anything could leave
    ((20, "picked_up"), (40, "none"), (90, "picked_up")),
    ((20, "ready_for_pickup"),),
)


def start_counter(session):
    for trigger, topic in (("ready_for_pickup", "shipping"), ("picked_up", "order")):
        step = send(f"{trigger}_mail", topic=topic)
        save_flow(session, flow_document(document(step, on=trigger, key=trigger)), by="user:7", move=False)
        switch_on(session, trigger, by="user:7")


def test_a_fortnight_at_the_counter_comes_out_again(fresh):
    with fresh.work_in_shop(fresh.shop_id) as session:
        start_counter(session)
        session.execute(update(Flow).values(include_from=fresh.now))
    fresh.move(minutes=5)
    parcels = [
        act(fresh, "POST", f"/orders/{buy(fresh)['id']}/fulfillments", tracked=False)["id"] for _ in range(len(LIVES))
    ]
    began, ticks = fresh.now, []
    acts = sorted(
        (hours, parcel, status) for parcel, life in zip(parcels, LIVES, strict=True) for hours, status in life
    )
    while fresh.now < began + timedelta(days=DAYS):
        tick = fresh.now + STEP
        while acts and began + timedelta(hours=acts[0][0]) <= tick:
            hours, parcel, status = acts.pop(0)
            fresh.move_store(began + timedelta(hours=hours))
            act(fresh, "POST", f"/fulfillments/{parcel}/pickup", status=status)
        fresh.move(tick)
        fresh.deliver()
        fresh.apply()
        look.run_due(fresh.wired)
        fresh.drain()
        ticks.append(tick)
    before = left(fresh)
    steps = [step for step, _, _ in before]
    assert (steps.count("ready_for_pickup_mail"), steps.count("picked_up_mail")) == (2, 3)
    assert steps.count("review_request") == 3  # who has not fetched it yet is not asked how it is
    forget_decisions(fresh)
    after, _ = replayed(fresh, ticks)
    assert differences(before, after) == []
