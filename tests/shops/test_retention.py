"""What is kept only for a while goes when that while is over, in every shop, and not a day before."""

import zlib
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from app import wiring
from app.flows.models import Decision
from app.flows.planning.by_hand.start import Choice, start
from app.kit import periodic
from app.kit.engines import SYSTEM
from app.kit.rows import in_batches
from app.kit.work import unit_of_work
from app.messages.models import HitInbox
from app.orders.models import OrderEvent
from app.shopify.models import InboxState, WebhookInbox
from tests.admin.conftest import neighbour, wired
from tests.admin.merchant import NOON

assert [wired, neighbour]  # fixtures of the admin's tests

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BODY = zlib.compress(b'{"email":"ana@example.com"}')


def run_daily(runtime):
    """Let the day's jobs come due and run, as the worker does."""
    jobs = {name: job for name, job in wiring.PERIODIC.items() if name.startswith("expire_")}
    with unit_of_work(runtime) as session:
        session.execute(text("delete from periodic_job"))
        periodic.plan(session, jobs)
    runtime.parts["periodic"] = jobs
    periodic.run_due(runtime)
    with unit_of_work(runtime) as session:
        assert session.execute(text("select count(*) from periodic_job where last_fault is not null")).scalar() == 0


def everything(runtime, statement):
    with unit_of_work(runtime, role=SYSTEM) as session:
        return session.execute(statement).all()


def webhook(runtime, number, state, age):
    with unit_of_work(runtime, role=SYSTEM) as session:
        session.add(
            WebhookInbox(
                shop_domain="kiln-and-kettle.myshopify.com",
                topic="orders/paid",
                webhook_id=f"w{number}",
                received_at=session.execute(text("select now()")).scalar() - age,
                body=BODY,
                state=state,
            )
        )


def bodies(runtime):
    rows = everything(runtime, select(WebhookInbox.webhook_id, WebhookInbox.body).order_by(WebhookInbox.id))
    return {row.webhook_id: row.body == BODY for row in rows}


def test_bodies_of_settled_webhooks_are_emptied_after_thirty_days(merchant):
    runtime = merchant.wired
    for number, state, age in [
        (1, InboxState.APPLIED, 30 * DAY + HOUR),
        (2, InboxState.PARKED, 30 * DAY + HOUR),
        (3, InboxState.APPLIED, 30 * DAY - HOUR),
        (4, InboxState.PARKED, 30 * DAY - HOUR),
        (5, InboxState.RECEIVED, 90 * DAY),  # still to be applied, however late
    ]:
        webhook(runtime, number, state, age)
    run_daily(runtime)
    assert bodies(runtime) == {"w1": False, "w2": False, "w3": True, "w4": True, "w5": True}


def test_what_waits_for_a_shop_is_erased_after_thirty_days(merchant):
    webhook(merchant.wired, 1, InboxState.WAITING_FOR_SHOP, 30 * DAY + HOUR)
    webhook(merchant.wired, 2, InboxState.WAITING_FOR_SHOP, 30 * DAY - HOUR)
    run_daily(merchant.wired)
    assert bodies(merchant.wired) == {"w2": True}


def test_order_history_goes_after_four_hundred_days_in_every_shop(merchant, neighbour):
    for each in (merchant, neighbour):
        order = each.order("Ana")
        with each.work() as session:
            today = session.execute(text("select now()")).scalar()
            session.execute(delete(OrderEvent).where(OrderEvent.shop_id == each.id))  # what placing it told
            for age in (400 * DAY + HOUR, 400 * DAY - HOUR):
                session.add(
                    OrderEvent(
                        shop_id=each.id, order_id=order, kind="placed", happened_at=today - age,
                        received_at=today - age, source="webhook", changed={},
                    )
                )  # fmt: skip
    run_daily(merchant.wired)
    left = everything(merchant.wired, select(OrderEvent.shop_id, OrderEvent.received_at))
    assert sorted(row.shop_id for row in left) == sorted([merchant.id, neighbour.id])
    assert all(row.received_at > today - 400 * DAY for row in left)


def test_decisions_go_after_four_hundred_days_and_what_became_of_the_row_stays(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    merchant.order("Ana", placed=0)
    (row_id,) = (row.id for row in merchant.plans().values())
    with merchant.work() as session:
        for age in (400 * DAY + HOUR, 400 * DAY - HOUR):
            session.add(
                Decision(
                    shop_id=merchant.id, follow_up_id=row_id, decided_at=NOON - age, rule_version=1, outcome="hold",
                    facts={},
                )
            )  # fmt: skip
    run_daily(merchant.wired)
    assert everything(merchant.wired, select(Decision.decided_at)) == [(NOON - 400 * DAY + HOUR,)]
    assert len(merchant.plans()) == 1


def test_graded_hits_go_after_ninety_days(merchant):
    with unit_of_work(merchant.wired, role=SYSTEM) as session:
        for token, age, graded in [
            ("old", 90 * DAY + HOUR, True),
            ("young", 90 * DAY - HOUR, True),
            ("waiting", 91 * DAY, False),
        ]:
            session.add(
                HitInbox(
                    token=token, kind="open", happened_at=NOON - age, traits={},
                    applied_at=NOON - age if graded else None,
                )
            )  # fmt: skip
    run_daily(merchant.wired)
    assert {row.token for row in everything(merchant.wired, select(HitInbox.token))} == {"young", "waiting"}


def test_more_than_a_batch_goes_in_one_run(merchant, monkeypatch):
    monkeypatch.setattr(in_batches, "ROWS", 2)
    for number in range(5):
        webhook(merchant.wired, number, InboxState.WAITING_FOR_SHOP, 31 * DAY)
    run_daily(merchant.wired)
    assert bodies(merchant.wired) == {}


def test_a_run_ends_in_time(merchant, monkeypatch):
    monkeypatch.setattr(in_batches, "ROWS", 2)
    monkeypatch.setattr(in_batches, "RUN_S", 0)
    for number in range(5):
        webhook(merchant.wired, number, InboxState.WAITING_FOR_SHOP, 31 * DAY)
    run_daily(merchant.wired)
    assert len(bodies(merchant.wired)) == 3


@pytest.mark.parametrize("name", [name for name in wiring.PERIODIC if name.startswith("expire_")])
def test_it_is_looked_at_daily(name):
    assert wiring.PERIODIC[name].every == DAY
