"""An unsubscribe against the hand-off of a mail to the same person: whichever commits first wins, and both know it."""

import os
import queue
import threading
from dataclasses import replace
from datetime import timedelta
from random import Random

import psycopg
import pytest
from sqlalchemy import delete, select, text, update

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.customers.address import address_hash
from app.customers.models import Suppression
from app.flows.models import Flow, FlowState, FollowUp, FollowUpState
from app.flows.sending import drain, steer
from app.kit.clock import ClockOffset, business_now, real_now
from app.kit.engines import SYSTEM
from app.kit.events import emit
from app.kit.work import unit_of_work
from app.messages.models import Message
from app.messages.signed.links import Purpose
from app.orders.record.told import OrderChanged
from tests.channels.scripted_server import ScriptedServer

RACES = int(os.environ.get("UNSUBSCRIBE_RACES", "64"))  # bin/prove races more
SEED = int(os.environ.get("UNSUBSCRIBE_SEED", "1"))
POSTERS = 4  # as many as a web process has
ALONE = 8  # of each kind that do not race, so that both ends are seen whatever the threads do
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def sink(wired):
    server = ScriptedServer()
    address = parse(f"smtp://127.0.0.1:{server.port}")
    wired.parts["transport"] = lambda: SmtpSender(address, "test.example", Deadlines(5, 5, 5, 5, 1))
    yield server
    server.stop()


@pytest.fixture
def started(people):
    """The people's shop with its flows started, at noon tomorrow in London: nobody waits for a sending window."""
    real = real_now()
    noon = (real + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    with unit_of_work(people.wired, role=SYSTEM) as session:
        session.execute(update(ClockOffset).values(offset_s=int((noon - real).total_seconds())))
        session.execute(delete(FollowUp))
    with people.work() as session:
        running = {"state": FlowState.RUNNING, "started_at": real, "include_from": real - timedelta(days=90)}
        session.execute(update(Flow).where(Flow.key == "parcel").values(running))
    return people


def asked_today(people, count):
    """People about to be asked for a review; every other one ordered under another address than their own."""
    with people.work() as session:
        now = business_now(session)
        mails = [
            people.put(
                session,
                ("Harbour kettle",),
                now,
                step="product_help",
                asked=False,
                order_email=f"order{number}@example.com" if number % 2 else None,
                products=[7_007],
            )
            for number in range(count)
        ]
        for mailed in mails:
            emit(session, OrderChanged(mailed.order_id))
        session.execute(delete(FollowUp).where(FollowUp.step != "review_request"))
        planned = session.scalars(update(FollowUp).values(due_at=now).returning(FollowUp.id)).all()
        assert len(planned) == count
    return mails


class Watched:
    """Steer as the app does; begin the race of each person in a group just before it takes its locks."""

    def __init__(self, race):
        self.race, self.handed_off, self.too_late = race, [], []

    def may_hand_off(self, session, group):
        self.race.begin([prepared.outbound.recipient for prepared in group])
        allowed = steer.may_hand_off(session, group)
        # Our locks are held: what is committed now was committed before the decision, and had to be seen.
        stopped = set(session.scalars(select(Suppression.address_hash)))
        for prepared in group:
            if prepared.message_id in allowed:
                self.handed_off.append(prepared.outbound.recipient)
                if address_hash(prepared.outbound.recipient) in stopped:
                    self.too_late.append(prepared.outbound.recipient)
        return allowed


def outcomes(people):
    return {
        row.order_id: row.outcome
        for row in people.rows(select(FollowUp.order_id, FollowUp.outcome).where(FollowUp.state == FollowUpState.DONE))
    }


def recipients(people, mails):
    rows = people.rows(select(Message.public_id, Message.recipient))
    by_id = {row.public_id: row.recipient for row in rows}
    return {by_id[mailed.public_id]: mailed for mailed in mails}


class Race:
    """Everybody of `racing` unsubscribes about when the hand-off of their mail takes its locks.

    The dice say how many of a group have begun by then: some are through, as many as there are threads are in the
    middle of it, the others come upon the locks.
    """

    def __init__(self, wired, by_address, racing):
        self.wired, self.by_address, self.racing = wired, by_address, racing
        self.posts, self.answers, self.dice = queue.Queue(), [], Random(SEED)
        self.under_way = 0

    def begin(self, addresses):
        """Start the race of these people, and go on once as many have begun as the dice say."""
        posts = [address for address in addresses if address in self.racing]
        begun, ended = threading.Semaphore(0), []
        for address in posts:
            self.posts.put((address, begun, ended))
        first = self.dice.randint(0, len(posts))
        for _ in range(first):
            assert begun.acquire(timeout=30)
        self.under_way += first - len(ended)

    def unsubscribe(self, address):
        client = self.wired.parts["flask"].test_client()
        path = self.by_address[address].path(Purpose.UNSUBSCRIBE)
        self.answers.append(client.post(path, data=ONE_CLICK).status_code)

    def _poster(self):
        while (post := self.posts.get()) is not None:
            address, begun, ended = post
            begun.release()
            self.unsubscribe(address)
            ended.append(address)

    def run(self):
        posters = [threading.Thread(target=self._poster) for _ in range(POSTERS)]
        for thread in posters:
            thread.start()
        while drain.drain(self.wired):
            pass
        for _ in posters:
            self.posts.put(None)
        for thread in posters:
            thread.join(60)


def test_no_mail_is_handed_off_after_its_unsubscribe_has_committed(cluster, wired, started, sink, monkeypatch):
    mails = asked_today(started, RACES + 2 * ALONE)
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database), autocommit=True) as connection:
        connection.execute("analyze")  # as a database that is not a second old
    by_address = recipients(started, mails)
    addresses = list(by_address)
    before, racing, after = addresses[:ALONE], set(addresses[ALONE:-ALONE]), addresses[-ALONE:]
    race = Race(wired, by_address, racing)
    watched = Watched(race)
    monkeypatch.setattr(drain, "STEERING", replace(steer.STEERING, may_hand_off=watched.may_hand_off))
    for address in before:
        race.unsubscribe(address)
    race.run()
    for address in after:
        race.unsubscribe(address)

    sent = set(watched.handed_off)
    assert race.answers == [200] * len(mails)
    assert watched.too_late == []
    assert sorted(delivered_to(sink)) == sorted(watched.handed_off)
    assert sent.isdisjoint(before)
    assert sent.issuperset(after)
    expected = {mailed.order_id: address in sent for address, mailed in by_address.items()}
    assert {order: outcome == "handed_over" for order, outcome in outcomes(started).items()} == expected
    assert 0 < len(racing & sent) < len(racing)
    print(f"{len(racing)} races, {race.under_way} under way at the locks, {len(racing & sent)} mails came first")


def delivered_to(sink):
    return [
        line.removeprefix("To: ").strip("<>")
        for message in sink.delivered
        for line in message.decode().split("\r\n\r\n")[0].split("\r\n")
        if line.startswith("To: ")
    ]


@pytest.mark.parametrize("own_address", [True, False])
def test_an_unsubscribe_waits_for_a_hand_off_that_has_decided(wired, started, sink, monkeypatch, own_address):
    (_, other) = mails = asked_today(started, 2)
    mailed = mails[0] if own_address else other
    states = []

    def may_hand_off(session, group):
        allowed = steer.may_hand_off(session, group)
        path = mailed.path(Purpose.UNSUBSCRIBE)
        thread = threading.Thread(
            target=lambda: states.append(wired.parts["flask"].test_client().post(path, data=ONE_CLICK).status_code)
        )
        thread.start()
        me = session.scalar(text("select pg_backend_pid()"))
        # Not pg_stat_activity: a transaction keeps the list of connections it saw first.
        waiting = text("select count(*) from pg_locks where not granted and :me = any(pg_blocking_pids(pid))")
        while not session.scalar(waiting, {"me": me}):
            assert thread.is_alive(), "the unsubscribe did not wait for our locks"
        states.append("waited")
        threads.append(thread)
        return allowed

    threads = []
    monkeypatch.setattr(drain, "STEERING", replace(steer.STEERING, may_hand_off=may_hand_off))
    drain.drain(wired)
    for thread in threads:
        thread.join(30)
    assert states == ["waited", 200]
    assert len(sink.delivered) == 2
