"""Shops take turns: who sends many webhooks keeps nobody else waiting, and each shop's own go oldest first."""

from collections import defaultdict
from itertools import pairwise

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.kit.work import unit_of_work
from app.shopify.webhooks import apply, aside, claim
from app.shopify.webhooks.claim import BATCH, Leased, in_turn
from app.shops.install import ensure_installed

RECEIVE = """insert into webhook_inbox (shop_domain, topic, webhook_id, received_at, body, state, attempts)
    select :domain, 'orders/edited', gen_random_uuid(), now(), '\\x789cabae0500017500f9', 'received', 0
    from generate_series(1, :many)"""
FLOOD = "flood.myshopify.com"


@pytest.fixture
def inbox(shop, monkeypatch):
    return Inbox(shop, monkeypatch)


class Inbox:
    """Receive webhooks of shops, and tell in which order they were applied."""

    def __init__(self, shop, monkeypatch):
        self.wired, self.applied = shop.wired, []
        self._installed = set()
        monkeypatch.setitem(shop.wired.topics, "orders/edited", (self._handle,))

    def _handle(self, _session, delivery):
        self.applied.append(delivery.shop_domain)

    def receive(self, domain, many=1):
        with unit_of_work(self.wired) as session:
            if domain not in self._installed:
                ensure_installed(session, domain)
                self._installed.add(domain)
            session.execute(text(RECEIVE), {"domain": domain, "many": many})


def names(count):
    return [f"shop-{number:03}.myshopify.com" for number in range(count)]


def test_one_shops_flood_keeps_nobody_else_waiting(inbox):
    inbox.receive(FLOOD, 4 * BATCH)
    for domain in names(3):
        inbox.receive(domain, 2)
    assert apply.apply_received(inbox.wired) == 4 * BATCH + 6
    assert sorted(inbox.applied[:8]) == sorted([FLOOD, FLOOD, *names(3), *names(3)])


def test_nobody_comes_again_before_everybody_came(inbox):
    everybody = names(2 * BATCH + 20)
    for domain in reversed(everybody):
        inbox.receive(domain, 2)
    assert apply.apply_received(inbox.wired) == 2 * len(everybody)
    first, second = inbox.applied[: len(everybody)], inbox.applied[len(everybody) :]
    assert sorted(first) == sorted(second) == everybody
    assert first[0] == everybody[-1], "who has waited longest comes first"


def test_what_comes_meanwhile_waits_for_one_round_at_most(inbox, monkeypatch):
    inbox.receive(FLOOD, 3 * BATCH)
    late = "late.myshopify.com"

    def handle(_session, delivery):
        inbox.applied.append(delivery.shop_domain)
        if len(inbox.applied) == 10:
            inbox.receive(late)

    monkeypatch.setitem(inbox.wired.topics, "orders/edited", (handle,))
    apply.apply_received(inbox.wired)
    assert inbox.applied.index(late) <= BATCH + 1


def test_shops_that_are_set_aside_or_worked_on_take_no_place(inbox):
    apart = [f"apart-{number}.myshopify.com" for number in range(BATCH)]
    busy = [f"busy-{number}.myshopify.com" for number in range(BATCH)]
    for domain in (*apart, *busy):
        inbox.receive(domain)
    with unit_of_work(inbox.wired) as session:
        for domain in apart:
            aside.set_aside(session, domain)
    assert sorted(row.shop_domain for row in claim.claim(inbox.wired, None)) == sorted(busy)
    inbox.receive("zz.myshopify.com", 3)
    rows = claim.claim(inbox.wired, "a")
    assert [row.shop_domain for row in rows] == ["zz.myshopify.com"] * 3
    assert claim.claim(inbox.wired, "a") == []


def test_two_who_claim_share_what_there_is(inbox):
    inbox.receive(FLOOD, 2 * BATCH)
    inbox.receive("a.myshopify.com", 2 * BATCH)
    mine, yours = claim.claim(inbox.wired, None), claim.claim(inbox.wired, None)
    assert len(mine) == len(yours) == BATCH
    assert not {row.id for row in mine} & {row.id for row in yours}


@pytest.mark.parametrize("learned", [True, False])
def test_a_claim_looks_at_a_few_rows_however_many_wait(inbox, database_url, learned):
    inbox.receive(FLOOD, 20_000)
    for domain in names(30):
        inbox.receive(domain, 300)
    if learned:
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("analyze webhook_inbox")
    with unit_of_work(inbox.wired) as session:
        explain = f"explain (analyze, format json) {claim.CLAIM_IN_TURN}"
        driver = session.connection().connection.driver_connection
        ((plan,),) = driver.execute(explain, {"after": FLOOD, "lease": claim.LEASE}).fetchall()
        session.rollback()
    assert seen_of_inbox(plan[0]["Plan"]) < 10 * BATCH


def seen_of_inbox(node):
    """How many rows of the inbox a plan's nodes came across, as it ran."""
    here = 0
    if node.get("Relation Name") == "webhook_inbox":
        here = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return here + sum(seen_of_inbox(below) for below in node.get("Plans", ()))


LEASED = st.builds(
    lambda number, shop, attempts: Leased(number, f"shop-{shop}", attempts, shop + 1),
    st.integers(1, 10_000), st.integers(0, 5), st.integers(1, 3),
)  # fmt: skip


@given(st.lists(LEASED, max_size=60, unique_by=lambda row: row.id))
def test_one_of_each_shop_in_turn_and_its_oldest_first(rows):
    order = in_turn(rows)
    assert sorted(order, key=lambda row: row.id) == sorted(rows, key=lambda row: row.id)
    fresh = [row for row in order if row.attempts == 1]
    assert order[: len(fresh)] == fresh, "who was tried before comes last"
    mine = defaultdict(list)
    for row in fresh:
        mine[row.shop_domain].append(row.id)
    assert all(one < next_one for ids in mine.values() for one, next_one in pairwise(ids))
