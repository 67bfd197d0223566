"""A shop leaves and comes back: its tokens are wiped, what was planned is held, nothing old goes out by surprise."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from itertools import count
from threading import Thread

import pytest
from sqlalchemy import select

from app.flows.models import FollowUpState
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.changed import come_back
from app.flows.sending import drain, sweep
from app.shopify.entry.token_pair import TokenPair
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.webhooks import apply
from app.shops import arrive, find, install, tokens
from app.shops.models import AccessToken, Shop, ShopStatus
from tests.admin.conftest import wired
from tests.database import API_SECRET

assert wired  # the fixture of the admin's tests, on a database of their own

DELIVERIES = count(1)
LATER = timedelta(days=50)


def told(merchant, topic, at):
    """Let Shopify tell of something that happened to the shop at `at`, now."""
    raw = json.dumps({"id": 548380009 + merchant.id, "myshopify_domain": merchant.domain}).encode()
    signature = base64.b64encode(hmac.digest(API_SECRET.encode(), raw, hashlib.sha256)).decode()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": merchant.domain,
        "X-Shopify-Hmac-SHA256": signature,
        "X-Shopify-Webhook-Id": f"delivery-{next(DELIVERIES)}",
        "X-Shopify-Triggered-At": at.isoformat(),
    }
    assert merchant.client.post("/webhooks", data=raw, headers=headers).status_code == 200


def uninstalled(merchant, at):
    """Let Shopify tell of an uninstall that happened at `at`, now."""
    told(merchant, "app/uninstalled", at)
    assert apply.apply_received(merchant.wired) == 1


def reinstalled(merchant):
    """Let the merchant open the app again: Shopify gives a new pair."""
    later = merchant.now + LATER
    pair = TokenPair("shpua_y", later, "shprt_y", later, frozenset({"read_orders"}))
    assert arrive.shop_connected(merchant.wired, merchant.domain, pair) == merchant.id


def read(merchant):
    """End a pass over the whole shop that found nothing new."""
    with merchant.work() as session:
        come_back.shop_read(session, merchant.now)


def started(merchant, **answers):
    with merchant.work() as session:
        return start(session, Choice(**answers), by="user:7")


def shop(merchant):
    with merchant.work() as session:
        return session.get_one(Shop, merchant.id)


def generations(merchant):
    return [generation for (generation,) in merchant.rows(select(AccessToken.generation))]


def ends(merchant):
    """Run the clock past every age, as weeks of ticking would, and return how each row ended."""
    for _ in range(60):
        merchant.pass_time(days=1)
        drain.drain(merchant.wired)
        sweep.sweep(merchant.wired)
    return {key: (row.outcome, row.reason) for key, row in merchant.plans().items()}


@pytest.fixture
def planned(merchant, mailed):
    """A shop with one parcel on its way: thanked for, help and review request planned."""
    started(merchant)
    merchant.order("Ana", placed=0, sent=0)
    assert drain.drain(merchant.wired) == 1
    assert len(mailed) == 1
    assert {step for _, step in merchant.pending()} == {"product_help", "review_request"}
    merchant.pass_time(minutes=1)
    return merchant


def test_its_tokens_are_wiped(merchant):
    assert generations(merchant) == [1]
    uninstalled(merchant, merchant.now)
    assert generations(merchant) == []
    assert shop(merchant).status is ShopStatus.UNINSTALLED
    with merchant.work() as session, pytest.raises(tokens.NotConnected):
        tokens.admin_client(session, merchant.id)


def test_nothing_is_sent_after_it(planned, mailed):
    uninstalled(planned, planned.now)
    assert set(ends(planned).values()) == {("skipped", "stale")} | {("handed_over", None)}
    assert len(mailed) == 1


def test_what_falls_due_meanwhile_is_held_with_the_reason(planned):
    uninstalled(planned, planned.now)
    planned.pass_time(days=22)
    drain.drain(planned.wired)
    held = planned.pending()
    assert {(row.state, row.reason) for row in held.values()} == {(FollowUpState.HELD, "shop_uninstalled")}


def test_after_a_reinstall_nothing_old_goes_out_by_itself(planned, mailed):
    uninstalled(planned, planned.now)
    planned.pass_time(hours=1)
    reinstalled(planned)
    assert (shop(planned).status, shop(planned).generation) == (ShopStatus.ACTIVE, 2)
    assert generations(planned) == [2]
    assert set(ends(planned).values()) == {("skipped", "stale")} | {("handed_over", None)}
    assert len(mailed) == 1


def test_starting_again_leaves_the_old_ones_out_and_says_so(planned, mailed):
    uninstalled(planned, planned.now)
    planned.pass_time(hours=1)
    reinstalled(planned)
    assert started(planned)
    rows = {step: (row.outcome, row.reason) for (_, step), row in planned.plans().items()}
    assert rows["product_help"] == rows["review_request"] == ("skipped", "before_start")
    planned.order("Bela", placed=0)
    ends(planned)
    assert len(mailed) == 2, "the new order is thanked for, and no more"


def test_what_was_just_due_at_the_restart_stays_unsent(planned, mailed):
    """A row held an hour ago is not late by the rule of a resume, and is still of the old install."""
    uninstalled(planned, planned.now)
    planned.pass_time(days=21, hours=1)
    drain.drain(planned.wired)
    assert {row.state for row in planned.pending().values()} == {FollowUpState.HELD}
    reinstalled(planned)
    assert started(planned)
    drain.drain(planned.wired)
    assert planned.pending() == {}
    assert len(mailed) == 1


def test_a_parcel_the_merchant_takes_in_again_is_followed_up(planned, mailed):
    uninstalled(planned, planned.now)
    planned.pass_time(hours=1)
    reinstalled(planned)
    assert started(planned, include_on_the_road=True)
    assert {step for _, step in planned.pending()} == {"product_help", "review_request"}
    ends(planned)
    assert len(mailed) == 3


def test_an_uninstall_of_the_install_before_told_late_is_ignored(planned, mailed):
    left_at = planned.now
    uninstalled(planned, left_at)
    planned.pass_time(hours=1)
    reinstalled(planned)
    uninstalled(planned, left_at)
    assert shop(planned).status is ShopStatus.ACTIVE
    assert generations(planned) == [2]


def test_one_that_never_told_us_shows_as_a_dead_token_and_its_late_word_ends_nothing(planned, mailed):
    left_at = planned.now
    with planned.work() as session:
        install.need_reconnection(session, planned.id)  # what a 401 leads to
    planned.pass_time(days=17, hours=1)
    drain.drain(planned.wired)
    assert [row.reason for row in planned.pending().values()] == ["needs_reconnection", None]
    reinstalled(planned)
    uninstalled(planned, left_at)
    assert shop(planned).status is ShopStatus.ACTIVE
    drain.drain(planned.wired)
    assert len(mailed) == 1, "connected, but not read yet"
    read(planned)
    drain.drain(planned.wired)
    assert len(mailed) == 2, "read again: what waited goes on"
    ends(planned)
    assert len(mailed) == 3


def test_a_dropped_connection_does_not_bring_back_what_is_over_a_day_late(planned, mailed):
    with planned.work() as session:
        install.need_reconnection(session, planned.id)
    planned.pass_time(days=21, hours=1)
    drain.drain(planned.wired)
    planned.pass_time(days=2)
    reinstalled(planned)
    read(planned)
    drain.drain(planned.wired)
    assert {row.reason for row in planned.plans().values()} == {None, "dropped_on_resume"}
    assert len(mailed) == 1


def test_the_word_of_an_uninstall_is_kept_as_applied(merchant):
    uninstalled(merchant, merchant.now)
    assert merchant.rows(select(WebhookInbox.topic, WebhookInbox.state)) == [("app/uninstalled", InboxState.APPLIED)]


def test_an_uninstall_heard_only_after_the_shop_has_come_back_ends_nothing(merchant):
    left_at = merchant.now + timedelta(hours=1)  # and nobody told us
    merchant.pass_time(hours=2)
    reinstalled(merchant)
    merchant.pass_time(hours=1)
    uninstalled(merchant, left_at)
    assert shop(merchant).status is ShopStatus.ACTIVE
    with merchant.work() as session:
        assert tokens.current_access(session, merchant.id) == (merchant.domain, "shpua_y")


def test_a_delivery_that_finds_no_shop_is_released_by_the_shop_that_comes_back_meanwhile(merchant, monkeypatch):
    uninstalled(merchant, merchant.now)
    told(merchant, "shop/update", merchant.now)
    real, begun = find.shop_of_delivery, []

    def looked(session, delivery):
        try:
            return real(session, delivery)
        except apply.WaitForShop:
            begun.append(Thread(target=reinstalled, args=[merchant]))
            begun[0].start()
            begun[0].join(0.3)
            raise

    monkeypatch.setitem(merchant.wired.parts, "shop_of_delivery", looked)
    apply.apply_received(merchant.wired)
    begun[0].join()
    with merchant.work() as session:
        states = session.scalars(select(WebhookInbox.state).where(WebhookInbox.topic == "shop/update")).all()
    assert len(states) == 1
    assert states[0] is not InboxState.WAITING_FOR_SHOP
