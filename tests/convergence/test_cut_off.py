"""The app is removed and nobody tells it: the next question is refused, and from then on nothing is sent."""

import pytest
from sqlalchemy import select

from app.flows.models import FollowUp
from app.flows.syncing import sync
from app.shops.models import Shop, ShopStatus
from devstore.platform.announce import uninstall_app
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop as TrueShop
from tests.convergence.shops import SHOP
from tests.convergence.test_out_of_order import act, known


@pytest.fixture
def removed(fresh):
    """An app with something pending that was removed from its shop, with nobody told."""
    fresh.order = known(fresh)
    parcel = act(fresh, "POST", f"/orders/{fresh.order['id']}/fulfillments")
    act(fresh, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    fresh.reconcile(fresh.shop_id)
    fresh.drain()
    fresh.lose()
    with unit_of_work() as session:
        uninstall_app(session, session.scalars(select(TrueShop).where(TrueShop.handle == SHOP)).one())
    fresh.lose()
    return fresh


def status(both):
    return both.rows(select(Shop.status).where(Shop.id == both.shop_id))[0][0]


def test_the_next_pass_finds_out_and_nothing_is_sent_from_then_on(removed):
    sent = len(removed.sink())
    assert status(removed) is ShopStatus.ACTIVE
    removed.move(hours=1)
    removed.reconcile(removed.shop_id)
    assert status(removed) is ShopStatus.NEEDS_RECONNECTION
    for _ in range(12):
        removed.move(days=1, hours=3)
        removed.drain()
    assert len(removed.sink()) == sent
    assert {reason for (reason,) in removed.rows(select(FollowUp.reason).where(FollowUp.state == "held"))} == {
        "needs_reconnection"
    }


def test_a_shop_that_is_cut_off_is_not_asked_again(removed):
    removed.move(hours=1)
    removed.reconcile(removed.shop_id)
    removed.move(hours=1)
    assert sync.run_due(removed.wired) == 0


def test_opening_the_app_again_brings_it_back(removed):
    removed.move(hours=1)
    removed.reconcile(removed.shop_id)
    assert removed.open_app(SHOP) == removed.shop_id
    assert status(removed) is ShopStatus.ACTIVE
    removed.move(days=4, hours=6)
    assert sync.run_due(removed.wired) > 0
    sent = len(removed.sink())
    assert removed.drain() > 0
    assert len(removed.sink()) == sent + 1  # the product help, whose time has come; nothing that was said before


def test_what_waited_goes_only_once_the_shop_was_read_again(removed):
    """While the app was away all of an order was refunded, and nobody told us."""
    removed.move(hours=1)
    removed.reconcile(removed.shop_id)
    removed.move(days=3, hours=4)
    removed.drain()
    act(removed, "POST", f"/orders/{removed.order['id']}/refunds")
    removed.lose()
    sent = len(removed.sink())
    removed.open_app(SHOP)
    removed.drain()
    assert len(removed.sink()) == sent
    removed.reconcile(removed.shop_id)
    removed.drain()
    assert len(removed.sink()) == sent
    help_of = select(FollowUp.state, FollowUp.reason).where(FollowUp.step == "product_help")
    assert removed.rows(help_of) == [("done", "items_refunded")]
