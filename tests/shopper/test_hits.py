"""What opening links leaves behind: rows in the hit inbox, graded later; nothing else, whoever opens them."""

from datetime import timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import delete, select

from app.customers.models import Customer
from app.kit.clock import real_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.hits import apply as apply_hits
from app.messages.models import HitInbox, Message, MessageEvent
from app.messages.signed import links
from app.messages.signed.links import Purpose
from tests.shopper.test_grade import PEOPLE

pytestmark = pytest.mark.usefixtures("by_both_doors")
PERSON = {"User-Agent": PEOPLE[0]}
SHOWN = (Purpose.REVIEW, Purpose.BUY_AGAIN, Purpose.PREFERENCES, Purpose.UNSUBSCRIBE, Purpose.OPEN)
KEEPS_HITS = {"r": "page", "b": "page", "c": "click", "o": "open"}


@pytest.fixture
def looked_at(cluster, wired):
    """A function that tells every row of every table, past row-level security."""
    url = cluster.superuser_url(wired.engines.app.url.database)

    def look():
        with psycopg.connect(url) as connection:
            names = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
            return {
                name: sorted(
                    row
                    for (row,) in connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(name)))
                )
                for (name,) in names
            }

    return look


def every_link(people, mailed):
    paths = [mailed.path(purpose) for purpose in SHOWN] + [f"{mailed.review}?stars={stars}" for stars in range(1, 6)]
    paths += [f"{mailed.review}?done=1", f"{mailed.path(Purpose.PREFERENCES)}?done=1"]
    return [
        *paths,
        people.link(mailed, "https://track.example.com/1"),
        people.link(mailed, "https://kiln.example.com", "product"),
    ]


def mine(people, mailed):
    with people.work() as session:
        return session.execute(
            select(MessageEvent.kind, MessageEvent.target, MessageEvent.grade)
            .where(MessageEvent.message_id == mailed.message_id)
            .order_by(MessageEvent.id)
        ).all()


def read(wired, people, mailed, *, after=timedelta(hours=5)):
    """Grade what came in, as if it had come some time after the mail was accepted."""
    with people.work() as session:
        message = session.get_one(Message, (people.id, mailed.message_id))
        message.accepted_at = message.created_at = message.accepted_at - after
    apply_hits.apply_hits(wired)
    return mine(people, mailed)


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_no_table_but_the_hit_inbox(web, people, looked_at, method):
    mailed = people.mail("Harbour kettle", "Mug set")
    links = every_link(people, mailed)
    before = looked_at()
    for path in links * 3:
        assert getattr(web, method)(path).status_code in {200, 302}
    after = looked_at()
    added = len(after.pop("hit_inbox")) - len(before.pop("hit_inbox"))
    assert added == 3 * sum(path[1] in KEEPS_HITS for path in links)
    assert after == before


def test_a_post_that_asks_for_nothing_changes_nothing(web, people, looked_at):
    mailed = people.mail()
    before = looked_at()
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.REVIEW):
        for body in ({}, {"List-Unsubscribe": "one-click"}, {"stop": "no"}, {"topic": "order"}):
            assert web.post(mailed.path(purpose), data=body).status_code == 422
    assert looked_at() == before


def test_a_scanner_that_opens_fourteen_links_reads_machine_and_changes_nothing(web, wired, people, looked_at):
    mailed = people.mail("Harbour kettle", "Mug set")
    links = every_link(people, mailed)
    assert len(links) == 14
    before = looked_at()
    for path in links:
        assert web.get(path, headers=PERSON).status_code in {200, 302}  # it calls itself a telephone
    events = read(wired, people, mailed)
    assert len(events) >= 10
    assert {grade for _, _, grade in events} == {"machine"}
    after = looked_at()
    for name in ("hit_inbox", "message_event", "message"):
        before.pop(name)
        after.pop(name)
    assert after == before


def test_a_person_who_opens_one_link_reads_human(web, wired, people):
    mailed = people.mail()
    web.get(f"{mailed.review}?stars=4", headers=PERSON)
    assert read(wired, people, mailed) == [("page", "review:4", "human")]


def test_a_head_request_reads_machine(web, wired, people):
    mailed = people.mail()
    web.head(people.link(mailed, "https://track.example.com/1"), headers=PERSON)
    assert read(wired, people, mailed) == [("click", "tracking", "machine")]


def test_an_open_reads_likely_at_most(web, wired, people):
    mailed = people.mail()
    answer = web.get(mailed.path(Purpose.OPEN), headers=PERSON)
    assert answer.mimetype == "image/gif"
    assert answer.headers["Cache-Control"] == "no-store"
    assert read(wired, people, mailed) == [("open", "open", "likely")]


def test_hits_are_read_once(web, wired, people):
    mailed = people.mail()
    web.get(mailed.review, headers=PERSON)
    assert len(read(wired, people, mailed)) == 1
    assert apply_hits.apply_hits(wired) == 0
    with unit_of_work(wired, role=SYSTEM) as session:
        for row in session.scalars(select(HitInbox)):
            row.applied_at = None  # as if the transaction that said so had been lost
    apply_hits.apply_hits(wired)
    assert len(mine(people, mailed)) == 1


def test_an_open_shows_the_same_whatever_became_of_its_mail_and_leaves_nothing(web, wired, people, strangers):
    mailed, lost = people.mail(), people.mail()
    living = web.get(mailed.path(Purpose.OPEN), headers=PERSON)
    with people.work() as session:
        session.get_one(Customer, (people.id, mailed.customer_id)).erased_at = real_now()
        session.execute(delete(Message).where(Message.id == lost.message_id))
    elsewhere = links.path(wired.config, Purpose.OPEN, strangers.id, "an-id-of-nobody")
    for path in (mailed.path(Purpose.OPEN), lost.path(Purpose.OPEN), elsewhere):
        answer = web.get(path, headers=PERSON)
        assert (answer.status_code, answer.data) == (200, living.data)
    assert apply_hits.apply_hits(wired) == 4
    assert mine(people, mailed) == mine(people, lost) == []


def test_no_more_is_kept_of_one_mail_than_teaches_something(web, wired, people, monkeypatch):
    monkeypatch.setattr(apply_hits, "MOST_KEPT", 5)
    mailed = people.mail()
    for _ in range(9):
        web.get(mailed.review, headers=PERSON)
    assert len(read(wired, people, mailed)) == 5
    with unit_of_work(wired, role=SYSTEM) as session:
        assert not apply_hits.waiting(session)


def test_no_address_of_a_visitor_is_kept(web, wired, people):
    mailed = people.mail()
    web.get(
        mailed.review,
        headers=PERSON | {"X-Forwarded-For": "203.0.113.77"},
        environ_base={"REMOTE_ADDR": "203.0.113.78"},
    )
    with unit_of_work(wired, role=SYSTEM) as session:
        kept = [(row.token, row.traits) for row in session.scalars(select(HitInbox))]
    assert kept
    assert "203.0.113" not in str(kept)
