"""PostgreSQL refuses to write as on a full disk: nothing is sent or acknowledged, and nobody has to repair it."""

from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.flows.models import FollowUp, FollowUpState
from app.kit.clock import real_now
from app.messages.models import Message, MessageState
from app.shopify.models import InboxState, WebhookInbox
from tests.crash.test_crash_points import paid_order
from tests.journeys.bodies import order_body
from tests.journeys.conftest import shop, sink
from tests.journeys.test_first_mile import know

__all__ = ["shop", "sink"]
FULL = """create function full_disk() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$"""


@pytest.fixture
def full(cluster, wired):
    """A function under which a table takes no row and no change."""

    @contextmanager
    def table(name, when="insert or update"):
        url = cluster.superuser_url(wired.engines.app.url.database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(FULL)
            connection.execute(f"create trigger full_disk before {when} on {name} execute function full_disk()")
            try:
                yield
            finally:
                connection.execute("drop function full_disk cascade")

    return table


@pytest.mark.parametrize(
    ("table", "when"),
    [
        ("follow_up", "update"),
        ("decision", "insert"),
        ("message", "insert"),
        ("attempt", "insert"),
        ("attempt", "update"),
    ],
)
def test_no_mail_leaves_and_all_of_it_afterwards(shop, full, table, when):
    shop.start_flows()
    paid_order(shop)
    with full(table, when), pytest.raises(OperationalError):  # the last of them once the body is out, before its dot
        shop.drain()
    assert shop.sink.delivered == []
    with shop.work() as session:  # the claim's lease runs out
        session.execute(update(FollowUp).where(FollowUp.state == FollowUpState.CLAIMED).values(lease_until=real_now()))
    shop.drain()
    assert len(shop.sink.delivered) == 1
    assert [row.state for row in shop.rows(select(Message.state))] == [MessageState.ACCEPTED]


def test_no_webhook_is_acknowledged_and_it_is_taken_afterwards(by_both_doors, shop, full):
    shop.start_flows()
    body = order_body(real_now())
    know(shop, body)
    shop.wired.parts["flask"].testing = False
    with full("webhook_inbox"):
        assert shop.webhook("orders/paid", body).status_code == 503
    assert shop.webhook("orders/paid", body).status_code == 200
    shop.apply()
    shop.drain()
    assert len(shop.sink.delivered) == 1
    assert [row.state for row in shop.rows(select(WebhookInbox.state))] == [InboxState.APPLIED]
