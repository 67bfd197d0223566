"""Goods fetched before the app came: the shop's history says so of those whose merchant pressed the button."""

from dataclasses import replace

from sqlalchemy import select

from app.flows.syncing.importing import beside_pass
from app.orders.parcels import Fulfillment
from devstore.generator.history import Plan, draw
from devstore.generator.load import load
from devstore.generator.truth import AtCounter
from devstore.state.engine import unit_of_work as store_work
from tests.convergence.compare import compare
from tests.convergence.side_by_side import BEGINNING
from tests.convergence.test_history import NO_BOTS, ORDERS, read_all


def test_what_was_fetched_counts_as_arrived_when_the_merchant_said_so(both, monkeypatch):
    monkeypatch.setattr(beside_pass, "FEW", -1)  # counted among the large: it does not wait for the first pass
    plan = Plan("fetched", 12, BEGINNING, years=0.5, orders=ORDERS, rates=replace(NO_BOTS, pick_up=0.6))
    history = draw(plan)
    with store_work() as session:
        load(session, plan, history, shop_plan="plus")
    both.handle = plan.shop
    shop_id = read_all(both)
    shown = [each for each in history.events if isinstance(each, AtCounter) and each.at <= history.until]
    pressed = sorted(each.at for each in shown if each.status == "picked_up")
    assert 0 < len(pressed) < len(shown) / 2
    merchants = select(Fulfillment.delivered_at).where(Fulfillment.delivered_source == "merchant")
    with both.work_in_shop(shop_id) as session:
        assert sorted(session.scalars(merchants)) == pressed
    both.reconcile(shop_id)
    assert compare(both.wired, shop_id, "fetched.myshopify.com").differences == []
