"""Two transactions that collide: the one the database ended begins anew at once, and nobody waits out a lease."""

from sqlalchemy import select

from app.flows.syncing import sync, sync_stages
from app.kit.clock import real_now
from app.shopify.models import InboxState, SyncCursor, WebhookInbox
from tests.colliding import colliding
from tests.journeys.bodies import order_body


def test_a_webhook_that_collided_is_applied_in_the_same_look(shop, monkeypatch):
    monkeypatch.setitem(shop.wired.topics, "orders/paid", (colliding(times=2),))
    shop.webhook("orders/paid", order_body(real_now()))
    assert shop.apply() == 1
    (row,) = shop.rows(select(WebhookInbox.state, WebhookInbox.attempts))
    assert tuple(row) == (InboxState.APPLIED, 3)


def test_one_that_always_collides_is_parked_and_says_so(shop, monkeypatch):
    monkeypatch.setitem(shop.wired.topics, "orders/paid", (colliding(times=100),))
    shop.webhook("orders/paid", order_body(real_now()))
    assert shop.apply() == 0
    (row,) = shop.rows(select(WebhookInbox.state, WebhookInbox.reason))
    assert tuple(row) == (InboxState.PARKED, "OperationalError 40P01")


def test_a_pass_over_the_shop_reads_a_page_that_collided_again(shop, monkeypatch):
    stages = dict.fromkeys(sync_stages.STAGES, lambda *_: None) | {"orders": colliding(times=2)}
    monkeypatch.setattr(sync_stages, "STAGES", stages)
    with shop.work() as session:
        sync.begin(session, shop.id)
    sync.walk(shop.wired, shop.id)
    (row,) = shop.rows(select(SyncCursor.finished_at, SyncCursor.lease_until, SyncCursor.last_fault))
    assert row.finished_at is not None
    assert (row.lease_until, row.last_fault) == (None, None)
