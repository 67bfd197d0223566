"""What `flask doctor` says to whoever is on call: what is wrong, what to do, and nothing secret."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import insert, update

from app import wiring
from app.channels.closed import close
from app.channels.smtp.address import parse
from app.commands.health import processes
from app.flows.planning.by_hand.halt import halt
from app.kit import runtime, ticker
from app.kit.clock import ClockOffset, real_now
from app.kit.engines import SYSTEM
from app.kit.models import Heartbeat, PeriodicJob, Restoration
from app.kit.queue import QUEUES, worker_connection
from app.kit.work import unit_of_work
from app.shopify.models import CallState, InboxState, OutgoingCall, SyncCursor, WebhookInbox
from app.shops.models import Shop, ShopStatus
from tests.channels.scripted_server import ScriptedServer
from tests.database import API_SECRET, FERNET, make_config

HOUR = timedelta(hours=1)


def ask(wired):
    return wired.parts["flask"].test_cli_runner().invoke(args=["doctor"])


@pytest.fixture
def machine(wired, monkeypatch):
    """An installation where all is well: a mail server, a worker for each queue, a ticker that has just ticked."""
    server = ScriptedServer()
    address = parse(f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setattr("app.commands.health.mail_server.parse", lambda _url: address)
    redis = worker_connection(wired.config.redis_url)
    workers = [
        Worker([Queue(name, connection=redis, serializer=JSONSerializer)], connection=redis, serializer=JSONSerializer)
        for name in QUEUES
    ]
    for worker in workers:
        worker.register_birth()
    ticker.tick(wired)
    yield wired
    for worker in workers:
        worker.register_death()
        redis.delete(worker.key)
    server.stop()


def test_where_all_is_well_it_ends_with_0_and_says_what_it_saw(machine):
    done = ask(machine)
    assert done.exit_code == 0, done.output
    assert "\n0 wrong, 2 to look at, " in done.output
    for words in (
        "ok     database: answers, at migration 00",
        "ok     redis: answers.",
        "ok     workers: 1 for sends.",
        "ok     ticker: seen 0 s ago.",
        "ok     rights: no role sees past row-level security.",
        "ok     rights: the 8 tables that stay as written cannot be changed.",
        "ok     waiting: nothing for more than 10 minutes.",
        "greets.",
        "look   configuration: mails leave without a DKIM signature of ours.",
    ):
        assert words in done.output


def test_a_worker_that_died_long_ago_is_not_counted(machine):
    redis = worker_connection(machine.config.redis_url)
    (worker,) = Worker.all(queue=Queue("sends", connection=redis, serializer=JSONSerializer))
    redis.delete(worker.key)  # as when its time to live is over
    told = ask(machine)
    assert "wrong  workers: none for sends." in told.output
    assert "ok     workers: 1 for bulk." in told.output
    assert told.exit_code == 1


def webhook(session, state, age=HOUR):
    row = {
        "shop_domain": "a.myshopify.com", "topic": "orders/paid", "webhook_id": state, "body": b"",
        "received_at": real_now() - age, "state": state, "attempts": 0,
    }  # fmt: skip
    session.execute(insert(WebhookInbox).values(**row))


def call(session, shop_id, state):
    row = {
        "shop_id": shop_id, "natural_key": state, "kind": "definitions", "payload": {}, "state": state,
        "next_at": real_now() - HOUR,
    }  # fmt: skip
    session.execute(insert(OutgoingCall).values(**row))


SPOILT = [
    (
        lambda s: s.execute(update(Heartbeat).values(beat_at=real_now() - HOUR)),
        "wrong  ticker: was last seen 60 min ago.",
    ),
    (lambda s: webhook(s, InboxState.RECEIVED), "wrong  waiting: 1 webhook for more than 10 minutes."),
    (lambda s: close(s, "452 full"), "wrong  mail server: no mail has left for 0 s: 452 full."),
    (
        lambda s: s.execute(insert(PeriodicJob).values(name="sweep", next_run_at=real_now() - HOUR)),
        "wrong  periodic jobs: overdue: sweep.",
    ),
]
LOOKED_AT = [
    (lambda s: webhook(s, InboxState.PARKED), "look   given up: 1 parked webhook of the last 7 days."),
    (lambda s: halt(s, "why", real_now(), by="x"), "look   sending: an operator's halt holds every message."),
    (
        lambda s: s.add(Restoration(lost_from=real_now(), lost_until=real_now(), noted_at=real_now())),
        "look   sending: the database was put back from a copy, and all waits.",
    ),
    (
        lambda s: s.execute(
            insert(PeriodicJob).values(name="sweep", next_run_at=real_now() + HOUR, last_fault="ValueError")
        ),
        "look   periodic jobs: failed at their last run: sweep (ValueError).",
    ),
]


@pytest.mark.parametrize(("spoil", "words"), SPOILT)
def test_what_is_wrong_is_said_and_ends_with_1(machine, spoil, words):
    with unit_of_work(machine, role=SYSTEM) as session:
        spoil(session)
    done = ask(machine)
    assert done.exit_code == 1
    assert words in done.output
    assert "\n1 wrong, " in done.output


@pytest.mark.parametrize(("spoil", "words"), LOOKED_AT)
def test_what_breaks_nothing_is_to_be_looked_at_and_ends_with_0(machine, spoil, words):
    with unit_of_work(machine, role=SYSTEM) as session:
        spoil(session)
    done = ask(machine)
    assert words in done.output
    assert done.exit_code == 0, done.output


def test_a_shop_that_is_cut_off_or_not_read_is_named_with_why(machine, merchant, neighbour):
    with unit_of_work(machine, role=SYSTEM) as session:
        cut_off = Shop.id == neighbour.id
        session.execute(update(Shop).where(cut_off).values(status=ShopStatus.NEEDS_RECONNECTION))
        old = {"finished_at": merchant.now - timedelta(days=9), "last_fault": "ShopClosed"}
        session.execute(update(SyncCursor).values(**old))
        for state in (CallState.PENDING, CallState.FAILED):
            call(session, merchant.id, state)
    told = ask(machine).output
    assert "shops: 1 connected." in told
    assert f"look   shops: 1 cut off: {neighbour.domain}." in told
    assert f"look   shops: {merchant.domain} not read for 2 hours.\n       ShopClosed. Shopify answers" in told
    assert "wrong  waiting: 1 call to Shopify for more than 10 minutes." in told
    assert "look   given up: 1 call to Shopify given up on." in told


def test_a_mail_server_redis_and_workers_that_are_not_there_are_wrong(wired, monkeypatch):
    monkeypatch.setattr(processes, "ANSWERS_S", 0.2)
    done = ask(wired)
    assert done.exit_code == 1
    assert "wrong  mail server: no connection to the mail server" in done.output
    assert "wrong  workers: none for inbox.\n       Start `flask --app wsgi worker inbox`." in done.output
    assert "wrong  ticker: was never seen." in done.output


def test_rights_that_were_given_away_are_wrong(machine, one_app):
    _, superuser = one_app
    superuser.execute("grant update on decision to welltimed_app; alter table review disable row level security")
    try:
        done = ask(machine)
    finally:
        superuser.execute("revoke update on decision from welltimed_app; alter table review enable row level security")
    assert "wrong  rights: row-level security is off for review." in done.output
    assert "wrong  rights: what is to stay as written could be changed: decision." in done.output
    assert done.exit_code == 1


def test_a_clock_that_was_moved_is_wrong(machine):
    with unit_of_work(machine) as session:
        session.execute(update(ClockOffset).values(offset_s=7_200))
    try:
        done = ask(machine)
    finally:
        with unit_of_work(machine) as session:
            session.execute(update(ClockOffset).values(offset_s=0))
    assert "wrong  clock: business time is 2 h ahead of real time." in done.output


def test_a_database_behind_the_program_is_wrong(machine, one_app):
    _, superuser = one_app
    ((head,),) = superuser.execute("select version_num from alembic_version").fetchall()
    superuser.execute("update alembic_version set version_num = '0001'")
    try:
        done = ask(machine)
    finally:
        superuser.execute("update alembic_version set version_num = %s", [head])
    assert f"wrong  database: stands at migration 0001, the program at {head}." in done.output
    assert "Run `flask --app wsgi migrate`." in done.output


def test_a_database_that_is_not_there_is_one_finding_and_nothing_secret_is_printed(machine, monkeypatch):
    url = urlsplit(machine.config.database_url)
    away = url._replace(netloc="someone:verysecret@127.0.0.1:1", query="").geturl()
    config = make_config(away, machine.config.redis_url, SMTP_URL="smtp://post:alsosecret@127.0.0.1:1")
    monkeypatch.setattr("app.commands.health.mail_server.parse", parse)
    runtime.install(wiring.build_runtime(config))
    try:
        told = ask(machine)
    finally:
        runtime.current().engines.dispose()
        runtime.install(machine)
    assert told.exit_code == 1
    assert "wrong  database: does not answer (OperationalError)." in told.output
    for secret in ("verysecret", "alsosecret", API_SECRET, FERNET, config.link_keys[0]):
        assert secret not in told.output
