"""Opens and clicks answered first: what the plain route says, and every hit kept within a moment or counted."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import select

from app import wiring
from app.customers.models import Customer
from app.hot import hits
from app.kit.clock import ClockOffset, real_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.models import HitInbox
from app.messages.signed.links import Purpose
from tests.shopper.people import People

TARGET = "https://track.example.com/1?a=b&c=%20"


@pytest.fixture
def people(wired):
    return People(wired)


@pytest.fixture
def front(wired):
    made = wiring.put_hot_paths_in_front(wired.parts["flask"])
    yield made
    assert made.hits.gathering.rest()
    assert made.webhooks.gathering.rest()


def kept(wired):
    with unit_of_work(wired, role=SYSTEM) as session:
        return [
            (row.kind, row.token, row.traits, row.happened_at)
            for row in session.scalars(select(HitInbox).order_by(HitInbox.id))
        ]


def without_place(rows):
    return [(kind, token, traits) for kind, token, traits, _ in rows]


def test_both_doors_answer_and_keep_the_same(wired, web, people):
    mailed = people.mail()
    paths = [
        mailed.path(Purpose.OPEN),
        people.link(mailed, TARGET),
        people.link(mailed, "https://straße.example/ü?q=ö%C3%BC", "product"),
    ]
    agents = [{"User-Agent": "Mozilla/5.0 zoë\xff " + "x" * 300}, {}]

    def look():
        answers = [web.get(path, headers=agent) for path in paths for agent in agents]
        return [(answer.status, answer.data, sorted(answer.headers)) for answer in answers]

    plain, by_plain = look(), without_place(kept(wired))
    front = wiring.put_hot_paths_in_front(wired.parts["flask"])
    assert look() == look() == plain
    assert front.hits.gathering.rest()
    assert without_place(kept(wired)) == by_plain * 3


@pytest.mark.parametrize(
    "target", ["https://a..b/x", f"https://{'a' * 64}.example/", "http://[::1/", "https://a.example:99999/"]
)
def test_an_address_no_browser_can_go_to_is_nothing_here_by_both_doors(wired, web, people, target):
    path = people.link(people.mail(), target)
    assert web.get(path).status_code == 404
    wiring.put_hot_paths_in_front(wired.parts["flask"])
    assert web.get(path).status_code == 404
    assert kept(wired) == []


def test_a_hit_is_answered_first_and_kept_within_fifty_milliseconds(cluster, wired, web, people, front):
    path = people.mail().path(Purpose.OPEN)
    web.get(path)
    assert front.hits.gathering.rest()
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database)) as holder:
        holder.execute("lock table hit_inbox in exclusive mode")
        assert web.get(path).status_code == 200  # though nothing can be kept at the moment
        holder.rollback()
    assert front.hits.gathering.rest()
    took = []
    for _ in range(5):
        started = time.monotonic()
        web.get(path)
        assert front.hits.gathering.rest()
        took.append(time.monotonic() - started)
    assert len(kept(wired)) == 7
    assert min(took) < 0.05


def test_many_hits_are_few_statements(cluster, wired, web, people, front):
    path = people.mail().path(Purpose.OPEN)
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database), autocommit=True) as connection:
        connection.execute("""create sequence batches minvalue 0; grant usage on batches to welltimed_ingest;
            create function counted() returns trigger language plpgsql as $$ begin perform nextval('batches');
            return null; end $$;
            create trigger counted after insert on hit_inbox for each statement execute function counted()""")
        for _ in range(50):
            web.get(path)
        assert front.hits.gathering.rest()
        assert len(kept(wired)) == 50
        assert connection.execute("select last_value from batches").fetchone()[0] <= 25


def test_they_happened_when_they_came_in_business_time(wired, web, people, front):
    path = people.mail().path(Purpose.OPEN)
    with unit_of_work(wired) as session:
        session.get_one(ClockOffset, 1).offset_s = 86_400
    before = real_now()
    web.get(path)
    assert front.hits.gathering.rest()
    ((_, _, _, at),) = kept(wired)
    assert 86_400 <= (at - before).total_seconds() < 86_405


def test_links_asked_for_at_once_are_looked_up_together_each_in_its_shop(wired, people, front):
    strangers = People(wired, "strangers.myshopify.com", name="Fernside Tea")
    paths = {}
    for number in range(8):
        for shop in (people, strangers):
            target = f"https://{shop.domain}/{number}"
            paths[shop.link(shop.mail(), target)] = target
    begin = threading.Barrier(len(paths))

    def click(path):
        begin.wait()
        return wired.parts["flask"].test_client().get(path).headers["Location"]

    with ThreadPoolExecutor(len(paths)) as pool:
        assert dict(zip(paths, pool.map(click, paths), strict=True)) == paths


def test_a_known_link_needs_no_database_and_its_hits_wait_for_it(cluster, wired, web, people, front):
    path = people.link(people.mail(), TARGET)
    assert web.get(path).status_code == 302
    name = wired.engines.app.url.database
    with psycopg.connect(cluster.superuser_url("postgres"), autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        connection.execute(f"alter database {name} with allow_connections false")
        assert web.get(path).headers["Location"] == TARGET
        time.sleep(0.3)
        connection.execute(f"alter database {name} with allow_connections true")
    assert front.hits.gathering.rest()
    assert len(kept(wired)) == 2


def test_what_there_is_no_room_for_is_answered_and_counted(cluster, wired, web, people, monkeypatch):
    monkeypatch.setattr(hits, "ROOM", 5)
    front = wiring.put_hot_paths_in_front(wired.parts["flask"])
    path = people.mail().path(Purpose.OPEN)
    web.get(path)
    assert front.hits.gathering.rest()
    with psycopg.connect(cluster.superuser_url(wired.engines.app.url.database)) as holder:
        holder.execute("lock table hit_inbox in exclusive mode")
        for _ in range(40):
            assert web.get(path).status_code == 200
            time.sleep(0.002)
        holder.rollback()
    assert front.hits.gathering.rest()
    assert front.hits.gathering.refused > 0
    assert len(kept(wired)) == 41 - front.hits.gathering.refused


def test_an_erased_readers_link_is_forgotten_in_time(wired, web, people, front, monkeypatch):
    mailed = people.mail()
    path = people.link(mailed, TARGET)
    monkeypatch.setattr(hits, "KNOWN_FOR_S", 0.2)
    assert web.get(path).status_code == 302
    with people.work() as session:
        session.get_one(Customer, (people.id, mailed.customer_id)).erased_at = real_now()
    time.sleep(0.2)
    assert web.get(path).status_code == 404


def test_what_is_remembered_is_bounded(web, people, front, monkeypatch):
    monkeypatch.setattr(hits, "MOST_KNOWN", 3)
    mailed = people.mail()
    for number in range(6):
        web.get(people.link(mailed, TARGET, position=number))
    assert len(front.hits._known) == 3
