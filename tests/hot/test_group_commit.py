"""Deliveries are kept in groups: together, but none at another's expense, and never acknowledged before the commit."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from app import wiring
from app.hot import webhooks
from app.kit import runtime
from tests.database import make_config
from tests.hot.deliveries import delivery, kept

SLOW = """create function slow() returns trigger language plpgsql as $$ begin
    perform pg_sleep(0.15); return null; end $$;
    create trigger slow before insert on webhook_inbox for each statement execute function slow()"""
POISON = """create function refuse() returns trigger language plpgsql as $$ begin
    if new.topic = 'poison' then raise exception 'not this one'; end if; return new; end $$;
    create trigger refuse before insert on webhook_inbox for each row execute function refuse()"""


@pytest.fixture
def front(wired):
    made = wiring.put_hot_paths_in_front(wired.parts["flask"])
    yield made
    assert made.hits.gathering.rest()
    assert made.webhooks.gathering.rest()


@pytest.fixture
def alter(cluster, wired):
    """A function that changes the database as its superuser."""

    def run(statements):
        with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database), autocommit=True) as connection:
            connection.execute(statements)

    return run


def post_all(wired, deliveries):
    """Post all at once, each by a thread of its own; return the answers in order."""
    begin = threading.Barrier(len(deliveries))

    def post(told):
        client = wired.parts["flask"].test_client()
        begin.wait()
        return client.post("/webhooks", **told)

    with ThreadPoolExecutor(len(deliveries)) as pool:
        return list(pool.map(post, deliveries))


def statements(cluster, wired):
    """Return how often the inbox was inserted into."""
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database)) as connection:
        return connection.execute("select last_value from batches").fetchone()[0]


def test_whoever_waits_meanwhile_is_kept_by_one_statement(cluster, wired, front, alter):
    alter(SLOW)
    alter("""create sequence batches minvalue 0; grant usage on batches to welltimed_ingest;
        create function counted() returns trigger language plpgsql as $$ begin perform nextval('batches');
        return null; end $$;
        create trigger counted after insert on webhook_inbox for each statement execute function counted()""")
    told = [delivery() for _ in range(24)]
    assert {answer.status_code for answer in post_all(wired, told)} == {200}
    assert {id_ for (id_,) in kept(wired)} == {one["headers"]["X-Shopify-Webhook-Id"] for one in told}
    assert statements(cluster, wired) <= 4


def test_a_copy_in_the_same_group_is_kept_once(wired, front, alter):
    alter(SLOW)
    told = delivery()
    assert {answer.status_code for answer in post_all(wired, [told] * 8)} == {200}
    assert len(kept(wired)) == 1


def test_a_row_that_cannot_be_kept_does_not_sink_the_others(wired, front, alter):
    alter(SLOW)
    alter(POISON)
    told = [delivery(topic="poison" if number % 5 == 0 else "orders/paid") for number in range(10)]
    answers = post_all(wired, told)
    for one, answer in zip(told, answers, strict=True):
        assert answer.status_code == (503 if one["headers"]["X-Shopify-Topic"] == "poison" else 200)
    assert len(kept(wired)) == 8


def test_nothing_is_acknowledged_before_the_commit(cluster, wired, front):
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database)) as holder:
        holder.execute("lock table webhook_inbox in exclusive mode")
        answers = []
        asking = threading.Thread(
            target=lambda: answers.append(wired.parts["flask"].test_client().post("/webhooks", **delivery()))
        )
        asking.start()
        asking.join(0.3)
        assert answers == []
        holder.rollback()
        asking.join(5)
    assert [answer.status_code for answer in answers] == [200]
    assert len(kept(wired)) == 1


def test_when_too_many_wait_the_rest_is_told_to_come_again(cluster, wired, monkeypatch):
    monkeypatch.setattr(webhooks, "ROOM", 3)
    front = wiring.put_hot_paths_in_front(wired.parts["flask"])
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database)) as holder:
        holder.execute("lock table webhook_inbox in exclusive mode")
        asking = ThreadPoolExecutor(12)
        waiting = []
        for _ in range(12):
            waiting.append(asking.submit(lambda: wired.parts["flask"].test_client().post("/webhooks", **delivery())))
            time.sleep(0.02)
        until = time.monotonic() + 2  # well before anybody who waits gives up by themselves
        while sum(one.done() for one in waiting) < 12 - 1 - 3 - 1 and time.monotonic() < until:
            time.sleep(0.02)
        refused = [one.result() for one in waiting if one.done()]
        assert len(refused) >= 12 - 1 - 3 - 1
        assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(503, "5")}
        assert refused[0].json["error"]["code"] == "unavailable"
        holder.rollback()
    answers = [one.result(5).status_code for one in waiting]
    assert answers.count(200) == len(kept(wired)) == 12 - answers.count(503)
    assert front.webhooks.gathering.refused == answers.count(503)  # one may have been told just after we looked


def test_without_a_database_it_is_503_in_time_and_kept_once_it_is_back(cluster, migrated, redis_url):
    url = cluster.create_database(template=migrated)
    app = wiring.create_app(make_config(url, redis_url))
    here = runtime.current()
    wiring.put_hot_paths_in_front(app)
    web = app.test_client()
    assert web.post("/webhooks", **delivery()).status_code == 200
    name = here.engines.app.url.database
    with psycopg.connect(cluster.superuser_url("postgres"), autocommit=True) as connection:
        here.engines.dispose()
        connection.execute(f"alter database {name} with allow_connections false")
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        started = time.monotonic()
        answer = web.post("/webhooks", **delivery())
        assert time.monotonic() - started < webhooks.WAIT_S
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        connection.execute(f"alter database {name} with allow_connections true")
    assert web.post("/webhooks", **delivery()).status_code == 200
    assert len(kept(here)) == 2
    here.engines.dispose()
    cluster.drop_database(url)


def test_a_connection_that_died_while_it_rested_costs_nobody_an_answer(cluster, wired, web, front):
    assert web.post("/webhooks", **delivery()).status_code == 200
    name = wired.engines.app.url.database
    with psycopg.connect(cluster.superuser_url("postgres"), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
    assert web.post("/webhooks", **delivery()).status_code == 200
    assert len(kept(wired)) == 2


def test_a_hanging_database_is_503_at_the_deadline(cluster, wired, web, front, monkeypatch):
    monkeypatch.setattr(webhooks, "WAIT_S", 0.4)
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database)) as holder:
        holder.execute("lock table webhook_inbox in exclusive mode")
        started = time.monotonic()
        assert web.post("/webhooks", **delivery()).status_code == 503
        assert 0.3 < time.monotonic() - started < 2
        holder.rollback()
    assert front.webhooks.gathering.rest()


def test_a_doorbell_that_nobody_answers_is_not_waited_for(wired, web, front):
    silent = threading.Event()
    wired.doorbell.ring = lambda _queue: silent.wait(20)
    started = time.monotonic()
    assert {web.post("/webhooks", **delivery()).status_code for _ in range(20)} == {200}
    assert time.monotonic() - started < 5
    silent.set()
