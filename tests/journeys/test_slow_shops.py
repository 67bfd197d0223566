"""One shop whose Shopify answers slowly, or not at all, does not keep the webhooks of others waiting."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.kit.clock import real_now
from app.shopify.asking.admin_faults import Throttled, Unreachable
from app.shopify.entry.token_pair import TokenUnavailable
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.webhooks import apply, claim
from app.shopify.webhooks.aside import SlowShop
from app.shops.install import ensure_installed

WELL = "well.myshopify.com"
BAD = "bad.myshopify.com"


@pytest.fixture
def inbox(shop, monkeypatch):
    """Two shops' deliveries: (shop, name) in the order they were received; a handler that does what it is told."""
    with shop.work() as session:
        for domain in (WELL, BAD):
            ensure_installed(session, domain)
    return Inbox(shop, monkeypatch)


class Inbox:
    def __init__(self, shop, monkeypatch):
        self.shop, self.applied, self.asked = shop, [], 0
        monkeypatch.setitem(shop.wired.topics, "orders/edited", (self._handle,))
        self.badly = None

    def receive(self, *domains):
        with self.shop.work() as session:
            for domain in domains:
                number = session.scalar(select(func.count()).select_from(WebhookInbox))
                session.add(
                    WebhookInbox(
                        shop_domain=domain, topic="orders/edited", webhook_id=str(number), received_at=real_now(),
                        body=b"x\x9c\xab\xae\x05\x00\x01u\x00\xf9", state=InboxState.RECEIVED, attempts=0,
                    )
                )  # fmt: skip

    def _handle(self, session, delivery):
        if delivery.shop_domain == BAD:
            self.asked += 1
            if self.badly is not None:
                self.badly(session)
        self.applied.append(delivery.shop_domain)

    def rows(self):
        return [
            tuple(row)
            for row in self.shop.rows(
                select(WebhookInbox.shop_domain, WebhookInbox.state, WebhookInbox.attempts).order_by(WebhookInbox.id)
            )
        ]

    def later(self):
        """Let the time for which shops are set aside, and every lease, have gone by."""
        with self.shop.work() as session:
            session.execute(update(SlowShop).values(until=func.now() - timedelta(seconds=1)))
        self.leases_end()

    def leases_end(self):
        """Let every lease have gone by."""
        with self.shop.work() as session:
            session.execute(update(WebhookInbox).values(lease_until=None))


def raising(fault):
    def answer(_session):
        raise fault

    return answer


def too_long(session):
    if session.info["pace"] is not None:
        session.info["pace"].asked_s += 1.5


@pytest.mark.parametrize("fault", [Throttled(20), Unreachable("ReadTimeout"), TokenUnavailable("ConnectTimeout")])
def test_who_gets_no_answer_is_asked_once_and_then_goes_apart(inbox, fault):
    inbox.badly = raising(fault)
    inbox.receive(BAD, BAD, WELL, BAD, WELL)
    assert apply.apply_received(inbox.shop.wired) == 2
    assert (inbox.applied, inbox.asked) == ([WELL, WELL], 1)
    assert inbox.rows()[0] == (BAD, InboxState.RECEIVED, 0)  # not a try of its own: others would have waited behind it
    inbox.receive(BAD, WELL)  # what comes later goes apart without being asked about
    assert apply.apply_received(inbox.shop.wired) == 1
    assert inbox.asked == 1
    inbox.badly = None
    assert apply.apply_aside(inbox.shop.wired) == 4
    assert {state for _, state, _ in inbox.rows()} == {InboxState.APPLIED}


def test_who_answers_late_is_applied_and_goes_apart_from_then_on(inbox):
    inbox.badly = too_long
    inbox.receive(BAD, BAD, WELL)
    assert apply.apply_received(inbox.shop.wired) == 2
    assert inbox.applied == [BAD, WELL]
    assert apply.apply_aside(inbox.shop.wired) == 1


def test_apart_each_shop_has_its_turn(inbox):
    inbox.badly = raising(Unreachable("ReadTimeout"))
    inbox.receive(BAD, BAD)
    apply.apply_received(inbox.shop.wired)
    assert apply.apply_aside(inbox.shop.wired) == 0
    assert inbox.asked == 3
    assert inbox.rows() == [(BAD, InboxState.RECEIVED, 0), (BAD, InboxState.RECEIVED, 0)]


@pytest.mark.parametrize("fault", [Throttled(20), Unreachable("HTTP 502"), TokenUnavailable("network_error")])
def test_what_cannot_be_asked_about_is_tried_for_two_days_and_then_parked(inbox, fault):
    inbox.badly = raising(fault)
    inbox.receive(BAD, BAD)
    apply.apply_received(inbox.shop.wired)
    for _ in range(3 * claim.MAX_ATTEMPTS):
        apply.apply_aside(inbox.shop.wired)
        inbox.leases_end()
    assert inbox.rows() == [(BAD, InboxState.RECEIVED, 0), (BAD, InboxState.RECEIVED, 0)]
    with inbox.shop.work() as session:
        first = session.scalars(select(WebhookInbox).order_by(WebhookInbox.id).limit(1)).one()
        first.received_at = real_now() - timedelta(days=2, minutes=1)
    for _ in range(claim.MAX_ATTEMPTS):
        apply.apply_aside(inbox.shop.wired)
        inbox.leases_end()
    assert [state for _, state, _ in inbox.rows()] == [InboxState.PARKED, InboxState.RECEIVED]
    inbox.badly = None
    assert apply.apply_aside(inbox.shop.wired) == 1


def test_the_looks_tell_the_two_apart_and_in_time_a_shop_is_like_the_others(inbox):
    inbox.badly = raising(Throttled(20))
    inbox.receive(BAD)
    apply.apply_received(inbox.shop.wired)
    with inbox.shop.work() as session:
        assert (claim.waiting(session), claim.waiting_aside(session)) == (False, True)
    inbox.later()
    with inbox.shop.work() as session:
        assert (claim.waiting(session), claim.waiting_aside(session)) == (True, False)
    inbox.badly = None
    assert apply.apply_received(inbox.shop.wired) == 1


def test_what_wants_no_answer_of_a_shop_waits_apart_with_the_rest_of_it(inbox):
    inbox.badly = raising(Throttled(20))
    inbox.receive(BAD)
    apply.apply_received(inbox.shop.wired)
    inbox.receive(BAD)
    inbox.badly = None
    assert apply.apply_received(inbox.shop.wired) == 0
    assert apply.apply_aside(inbox.shop.wired) == 2
