"""After a return from a backup: one shop Shopify lets nobody read waits alone, and goes on once it was read again."""

import html
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.flows.models import FollowUpState
from app.flows.rules.reasons import Reason
from app.flows.sending.drain import drain
from app.flows.syncing import sync
from app.kit.models import Restoration
from app.shopify.models import SyncCursor
from app.shops.models import Shop, ShopStatus
from tests.admin.flow_documents import running, send


@pytest.fixture
def mails(merchant, neighbour, serve):
    """Two shops of a database put back: one is frozen since, the other was read again; a mail of each waits.

    What has left is in it.
    """
    sink = serve()
    for shop in (merchant, neighbour):
        running(shop, send("care_mail"))
        shop.pass_time(minutes=1)
        shop.order("Ana", placed=1, sent=1, arrived=0)
    with merchant.work() as session:
        lost = {"lost_from": merchant.now - timedelta(hours=6), "lost_until": merchant.now - timedelta(minutes=30)}
        session.add(Restoration(**lost, noted_at=merchant.now))
        told = {"finished_at": merchant.now - timedelta(hours=1), "last_fault": "ShopClosed"}
        session.execute(update(SyncCursor).values(told))
    with neighbour.work() as session:
        session.execute(update(SyncCursor).values(finished_at=merchant.now))
    assert count(merchant, sink.delivered) == 0
    return sink.delivered


def count(merchant, mails):
    """Let whatever is due be decided; return how many mails have left."""
    for _ in range(2):
        drain(merchant.wired)
    return len(mails)


def ask(merchant, *words):
    return merchant.wired.parts["flask"].test_cli_runner().invoke(args=["restored", *words])


def row(shop):
    return next(row for (_, step), row in shop.plans().items() if step == "care_mail")


def stands(shop, status):
    with shop.work() as session:
        session.get_one(Shop, shop.id).status = status


def opens_again(merchant, monkeypatch):
    """Let Shopify answer for the shop again, and a pass come to its end."""
    monkeypatch.setattr("app.shopify.asking.fetch.existing", lambda _client, _kind, ids: frozenset(ids))
    merchant.wired.parts["admin"] = lambda _session, _shop: None
    with merchant.work() as session:
        session.execute(update(SyncCursor).values(stage="deletions", pass_started_at=merchant.now))
    sync.walk(merchant.wired, merchant.id)


def test_nobody_goes_on_while_one_is_unread_and_the_command_says_why_and_the_way_on(mails, merchant):
    refused = ask(merchant, "--release", "--log-is-whole")
    assert refused.exit_code == 1
    assert f"{merchant.domain}: ShopClosed. Shopify answers for it as for a closed shop" in refused.output
    assert "--leave DOMAIN" in refused.output
    assert count(merchant, mails) == 0


def test_the_others_go_on_and_nothing_is_sent_for_the_one_left_behind(mails, merchant, neighbour):
    done = ask(merchant, "--release", "--log-is-whole", "--leave", merchant.domain)
    assert done.exit_code == 0, done.output
    assert "1 messages go on" in done.output
    assert f"Left behind: {merchant.domain}. Nothing is sent for them until" in done.output
    assert count(merchant, mails) == 1
    assert row(neighbour).outcome == "handed_over"
    assert (row(merchant).state, row(merchant).reason) == (FollowUpState.HELD, Reason.RESTORED)
    merchant.order("Bea", placed=1, sent=1, arrived=0)
    assert count(merchant, mails) == 1
    assert f"Left behind: {merchant.domain}" in ask(merchant).output
    page = html.unescape(merchant.fetch("/").text)
    assert "Since then Shopify has not let us read your shop" in page
    assert "Nothing goes out until your shop was read again." in page
    assert "whoever runs Welltimed" not in page
    assert "put back from a backup" not in neighbour.fetch("/").text


def test_it_goes_on_by_itself_once_it_was_read_again(mails, merchant, neighbour, monkeypatch):
    ask(merchant, "--release", "--log-is-whole", "--leave", merchant.domain)
    assert count(merchant, mails) == 1
    opens_again(merchant, monkeypatch)
    assert count(merchant, mails) == 2
    assert row(merchant).outcome == "handed_over"
    assert ask(merchant).output == "Nothing waits: the database is the one we left.\n"
    assert "put back from a backup" not in merchant.fetch("/").text


def test_one_that_has_to_be_connected_anew_waits_too_until_it_was_read_again(mails, merchant, neighbour, monkeypatch):
    stands(merchant, ShopStatus.NEEDS_RECONNECTION)
    done = ask(merchant, "--release", "--log-is-whole")
    assert done.exit_code == 0
    assert f"Left behind: {merchant.domain}. Nothing is sent for them until" in done.output
    assert count(merchant, mails) == 1
    stands(merchant, ShopStatus.ACTIVE)
    assert count(merchant, mails) == 1
    assert row(merchant).reason == Reason.RESTORED
    opens_again(merchant, monkeypatch)
    assert count(merchant, mails) == 2


@pytest.mark.parametrize("domain", ["fernside-tea.myshopify.com", "nobody.myshopify.com"])
def test_only_a_shop_that_is_waited_for_can_be_left(mails, merchant, domain):
    refused = ask(merchant, "--release", "--leave", domain)
    assert refused.exit_code == 2
    assert f"Nothing waits for {domain}" in refused.output
    assert ask(merchant, "--leave", merchant.domain).exit_code == 2
    assert count(merchant, mails) == 0
