"""A shop's token pair: sealed, renewed by one at a time, and never lost between Shopify and us."""

import json
import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from app.kit import crypt, fault
from app.kit.engines import SYSTEM
from app.kit.fault import InjectedFault
from app.kit.work import unit_of_work
from app.shopify.asking import gateway
from app.shopify.entry.token_pair import GrantRefused, TokenPair, TokenUnavailable
from app.shops import renew_ageing, tokens
from app.shops.install import ensure_installed
from app.shops.models import AccessToken, Shop, ShopStatus
from app.shops.tokens import NotConnected

DOMAIN = "kiln-and-kettle.myshopify.com"


class TokenServer:
    """Issue pairs by Shopify's rotation rules: a refresh token works until the one that replaced it is used."""

    def __init__(self):
        self.count, self.alive, self.asked, self.down, self.slow = 0, {}, 0, False, None

    def issue(self):
        self.count += 1
        return f"shpua_{self.count}", f"shprt_{self.count}"

    def handle(self, request):
        self.asked += 1
        if self.slow:
            self.slow.wait(5)
        if self.down:
            raise httpx.ConnectError("gone")
        given = json.loads(request.content)["refresh_token"]
        if given not in self.alive:
            return httpx.Response(400, json={"error": "invalid_grant"})
        replaces = self.alive[given]
        self.alive.pop(replaces, None)  # its replacement is being used now
        access, refresh = self.issue()
        self.alive[refresh] = given
        return httpx.Response(
            200,
            json={
                "access_token": access,
                "scope": "read_orders",
                "expires_in": 3600,
                "refresh_token": refresh,
                "refresh_token_expires_in": 7_776_000,
            },
        )


@pytest.fixture
def shopify(wired):
    server = TokenServer()
    wired.parts["http"] = gateway.open_client(None, httpx.MockTransport(server.handle))
    access, refresh = server.issue()
    server.alive[refresh] = None
    with unit_of_work(wired) as session:
        keep(session, ensure_installed(session, DOMAIN), access, refresh)
    yield server
    fault.arm("")


def keep(session, shop, access, refresh, left=timedelta(hours=1)):
    now = datetime.now(UTC)
    pair = TokenPair(access, now + left, refresh, now + timedelta(days=90), frozenset({"read_orders"}))
    tokens.store_pair(session, shop, pair)


def current(wired):
    with unit_of_work(wired, shop_id=1) as session:
        return tokens.current_access(session, 1)[1]


def let_it_age(wired):
    with unit_of_work(wired, shop_id=1) as session:
        session.execute(update(AccessToken).values(access_expires_at=datetime.now(UTC) + timedelta(minutes=4)))


def row(wired):
    with unit_of_work(wired, shop_id=1) as session:
        return session.scalars(select(AccessToken)).one()


def status(wired):
    with unit_of_work(wired, shop_id=1) as session:
        return session.get_one(Shop, 1).status


def opened(wired, sealed):
    return crypt.unseal(wired.config.encryption_keys, 1, sealed)


def test_a_living_token_is_used_without_asking_anyone(wired, shopify):
    assert current(wired) == "shpua_1"
    assert shopify.asked == 0


def test_a_token_with_minutes_left_is_renewed_and_both_refresh_tokens_are_kept(wired, shopify):
    let_it_age(wired)
    assert current(wired) == "shpua_2"
    kept = row(wired)
    assert opened(wired, kept.access_token) == "shpua_2"
    assert opened(wired, kept.refresh_token) == "shprt_2"
    assert opened(wired, kept.previous_refresh_token) == "shprt_1"
    assert kept.access_expires_at > datetime.now(UTC) + timedelta(minutes=59)
    assert current(wired) == "shpua_2"
    assert shopify.asked == 1


def test_nothing_readable_is_stored(wired, shopify):
    kept = row(wired)
    assert b"shp" not in kept.access_token + kept.refresh_token


def test_a_sealed_token_moved_to_another_shop_cannot_be_opened(wired, shopify):
    with unit_of_work(wired) as session:
        other = ensure_installed(session, "fernside-tea.myshopify.com")
        keep(session, other, "shpua_other", "shprt_other")
        stolen = row(wired).access_token
        session.execute(update(AccessToken).where(AccessToken.shop_id == other.id).values(access_token=stolen))
    with pytest.raises(crypt.Unreadable), unit_of_work(wired, shop_id=2) as session:
        tokens.current_access(session, 2)


def test_two_workers_at_once_renew_once(wired, shopify):
    let_it_age(wired)
    shopify.slow = threading.Event()
    got = []
    workers = [threading.Thread(target=lambda: got.append(tokens.renew(wired, 1))) for _ in range(3)]
    for worker in workers:
        worker.start()
    shopify.slow.set()
    for worker in workers:
        worker.join(20)
    assert got == ["shpua_2"] * 3
    assert shopify.asked == 1


def test_a_renewal_outlives_the_job_around_it(wired, shopify):
    let_it_age(wired)

    def job():
        with unit_of_work(wired, shop_id=1) as session:
            tokens.current_access(session, 1)
            raise RuntimeError("the job fails")

    with pytest.raises(RuntimeError):
        job()
    assert opened(wired, row(wired).access_token) == "shpua_2"


def test_a_crash_between_the_answer_and_its_commit_costs_nothing(wired, shopify):
    let_it_age(wired)
    fault.arm("T1:raise")
    with pytest.raises(InjectedFault):
        current(wired)
    assert opened(wired, row(wired).refresh_token) == "shprt_1"
    fault.arm("")
    assert current(wired) == "shpua_3"
    assert status(wired) is ShopStatus.ACTIVE


def test_a_crash_right_after_the_commit_keeps_the_new_pair(wired, shopify):
    let_it_age(wired)
    fault.arm("T2:raise")
    with pytest.raises(InjectedFault):
        current(wired)
    fault.arm("")
    assert current(wired) == "shpua_2"
    assert shopify.asked == 1


def test_an_unreachable_shopify_changes_nothing(wired, shopify):
    let_it_age(wired)
    shopify.down = True
    with pytest.raises(TokenUnavailable):
        current(wired)
    assert status(wired) is ShopStatus.ACTIVE
    shopify.down = False
    assert current(wired) == "shpua_2"


def test_the_older_refresh_token_saves_a_shop_whose_newer_one_shopify_never_kept(wired, shopify):
    let_it_age(wired)
    current(wired)
    let_it_age(wired)
    del shopify.alive["shprt_2"]
    assert current(wired) == "shpua_3"


def test_a_shop_whose_refresh_tokens_are_worth_nothing_needs_reconnection(wired, shopify):
    let_it_age(wired)
    current(wired)
    let_it_age(wired)
    shopify.alive.clear()
    with pytest.raises(GrantRefused):
        current(wired)
    assert status(wired) is ShopStatus.NEEDS_RECONNECTION
    asked = shopify.asked
    with pytest.raises(NotConnected):
        current(wired)
    assert shopify.asked == asked


def test_a_pair_of_an_older_install_is_not_used(wired, shopify):
    with unit_of_work(wired, shop_id=1) as session:
        session.get_one(Shop, 1).generation = 2
    with pytest.raises(NotConnected):
        current(wired)


def test_an_ageing_refresh_token_is_renewed_though_its_access_token_lives(wired, shopify):
    assert tokens.renew(wired, 1, even_if_fresh=True) == "shpua_2"


def test_the_shops_client_carries_the_token(wired, shopify):
    with unit_of_work(wired, shop_id=1) as session:
        client = tokens.admin_client(session, 1, patience_s=0.0)
    assert (client.shop_domain, client.token, client.patience_s) == (DOMAIN, "shpua_1", 0.0)


def test_a_connection_nobody_uses_is_renewed_before_it_ends(wired, shopify):
    assert renew_ageing.renew_ageing(wired) == 0
    with unit_of_work(wired, shop_id=1) as session:
        session.execute(update(AccessToken).values(refresh_expires_at=datetime.now(UTC) + timedelta(days=29)))
    assert renew_ageing.renew_ageing(wired) == 1
    assert renew_ageing.renew_ageing(wired) == 0
    assert opened(wired, row(wired).refresh_token) == "shprt_2"


def test_one_shop_that_cannot_be_renewed_does_not_stop_the_others(wired, shopify):
    with unit_of_work(wired) as session:
        keep(session, ensure_installed(session, "fernside-tea.myshopify.com"), "shpua_x", "shprt_unknown")
    with unit_of_work(wired, role=SYSTEM) as session:
        session.execute(update(AccessToken).values(refresh_expires_at=datetime.now(UTC) + timedelta(days=20)))
    assert renew_ageing.renew_ageing(wired) == 1
    assert status(wired) is ShopStatus.ACTIVE
    with unit_of_work(wired) as session:
        assert session.get_one(Shop, 2).status is ShopStatus.NEEDS_RECONNECTION
