"""What an operator is told by `flask reconcile`: which shops were read, and which Shopify refused and why."""

import httpx
import pytest
from sqlalchemy import update

from app.shopify.asking.admin import AdminClient
from app.shopify.models import SyncCursor

OPEN = "fernside-tea.myshopify.com"


@pytest.fixture
def ask(merchant, neighbour):
    """Ask with a shop for which Shopify answers a status, and another whose pass only has to end."""

    def answered(status, *words):
        def client(_session, _shop_id):
            refuse = httpx.MockTransport(lambda _request: httpx.Response(status))
            return AdminClient(httpx.Client(transport=refuse), merchant.domain, "shpua_x")

        merchant.wired.parts["admin"] = client
        for shop, stage in ((merchant, "shop"), (neighbour, "deletions")):
            with shop.work() as session:
                session.execute(update(SyncCursor).values(stage=stage, pass_started_at=shop.now))
        return merchant.wired.parts["flask"].test_cli_runner().invoke(args=["reconcile", *words])

    return answered


@pytest.mark.parametrize(
    ("status", "fault", "words"),
    [
        (402, "ShopClosed", "frozen, locked or gone"),
        (404, "ShopClosed", "frozen, locked or gone"),
        (403, "AccessDenied", "a scope or the approval for customer data is missing"),
        (500, "Unreachable", "Try again later."),
    ],
)
def test_a_shop_shopify_refuses_is_named_with_why_and_the_others_are_read(ask, merchant, status, fault, words):
    done = ask(status)
    assert done.exit_code == 1
    assert f"{merchant.domain}: not read to its end, after 0 pages: {fault}. " in done.output
    assert words in done.output
    assert f"{OPEN}: 0 pages read" in done.output
    assert f"Error: 1 of 2 shops not read: {merchant.domain}." in done.output


def test_where_all_are_read_it_ends_well(ask):
    done = ask(402, "--shop", OPEN)
    assert done.exit_code == 0, done.output
    assert "not read" not in done.output
