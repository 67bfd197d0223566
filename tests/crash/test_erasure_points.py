"""Somebody is erased, or a whole shop: whoever does it dies or stands still anywhere, and nothing is left of them."""

import pytest
from sqlalchemy import select

from app.customers.models import Customer, Erasure
from app.flows.models import FollowUp, FollowUpState
from app.kit.clock import real_now
from app.kit.db import Base
from app.shopify.models import InboxState, WebhookInbox
from app.shops.models import Shop
from tests.crash.test_crash_points import paid_order
from tests.journeys.conftest import SHOP

ACTIONS = ("kill", "raise", "hang", "stop")
AN_ID = 548380009  # the profile's


def words_of(crash, *words):
    """The tables in which one of the words stands, in a row of whomever."""
    found = set()
    for table in Base.metadata.sorted_tables:
        rows = crash.monitor.execute(f'select t::text from "{table.name}" t').fetchall()
        found |= {table.name for (row,) in rows if any(word.lower() in row.lower() for word in words)}
    return found


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["E1", "E2"])
def test_who_is_erased_is_erased_whole_and_hears_nothing_more(shop, crash, point, action):
    shop.start_flows()
    body = paid_order(shop)
    person = body["customer"]
    words = (body["email"], person["last_name"])
    assert words_of(crash, *words) >= {"order", "customer"}
    request = {"shop_id": AN_ID, "shop_domain": SHOP, "orders_to_redact": [body["id"]]}
    request["customer"] = {"id": person["id"], "email": body["email"], "phone": None}
    shop.webhook("customers/redact", request)
    crash.run(point, action, shop.apply)
    shop.apply()
    shop.drain()
    assert words_of(crash, *words) == set()
    assert shop.sink.delivered == []
    assert {row.state for row in shop.rows(select(FollowUp.state))} == {FollowUpState.DONE}
    assert [row.erased_at is not None for row in shop.rows(select(Customer.erased_at))] == [True]
    assert len(shop.rows(select(Erasure.id))) == 1
    assert set(shop.rows(select(WebhookInbox.state, WebhookInbox.reason))) == {(InboxState.APPLIED, None)}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_shop_is_erased_whole(shop, crash, action):
    shop.start_flows()
    paid_order(shop)
    named = {"id": AN_ID, "domain": SHOP, "myshopify_domain": SHOP}
    shop.webhook("app/uninstalled", named, at=real_now())
    shop.apply()
    shop.webhook("shop/redact", {"shop_id": AN_ID, "shop_domain": SHOP})
    crash.run("E3", action, shop.apply)
    shop.apply()
    kept = {
        table.name
        for table in Base.metadata.sorted_tables
        if "shop_id" in table.c and crash.monitor.execute(f'select 1 from "{table.name}" limit 1').fetchone()
    }
    assert kept == set()
    assert shop.rows(select(Shop.redacted_at))[0][0] is not None
    assert set(shop.rows(select(WebhookInbox.topic, WebhookInbox.state))) == {("shop/redact", InboxState.APPLIED)}
