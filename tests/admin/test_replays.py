"""Asking the past on a page: progress, the answer with examples, called off, done by several processes."""

import html
import json

import pytest
from sqlalchemy import delete, func, select, update

from app.flows.facts import published
from app.flows.models import FollowUp
from app.flows.replay.history import load
from app.flows.replay.job import run
from app.flows.replay.job.models import Replay, ReplayPart, ReplayState
from app.flows.replay.question import pages
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.orders.models import OrderEvent
from tests.admin.flow_documents import document, save, send
from tests.admin.merchant import DAY
from tests.admin.test_look import admin, database
from tests.browser import look

__all__ = ["admin", "database"]


def past(merchant, count=12):
    """Keep orders as an import leaves them: told by their dates alone."""
    for number in range(count):
        merchant.order(f"Past{number}", placed=26 - number % 5, sent=24 - number % 5, arrived=20 - number % 5)
    merchant.order("Chloe", placed=20, sent=18, arrived=14, cancelled_at=merchant.now - 15 * DAY)
    merchant.order("Bernd", placed=20, sent=18, arrived=14, country="DE")
    with merchant.work() as session:
        session.execute(delete(OrderEvent))


@pytest.fixture
def few(monkeypatch):
    """Parts of four orders each."""
    monkeypatch.setattr(run, "pages", lambda people: pages(people, 4))


def ask(merchant, flow="parcel:1", against="", days="30"):
    return merchant.post("/replays", flow=flow, against=against, days=days)


def page(merchant, path="/replays"):
    return html.unescape(merchant.fetch(path).text)


def replays(merchant):
    return [row for (row,) in merchant.rows(select(Replay).order_by(Replay.id))]


def parts_left(merchant):
    return merchant.rows(select(func.count()).select_from(ReplayPart).where(ReplayPart.answer.is_(None)))[0][0]


def is_waiting(merchant):
    with unit_of_work(merchant.wired, role=SYSTEM) as session:
        return run.waiting(session)


def test_an_answer_says_how_many_to_whom_and_what_not(merchant):
    past(merchant)
    where = ask(merchant).headers["Location"]
    assert "Waiting for its turn" in page(merchant, where)
    run.run_due(merchant.wired)
    told = page(merchant, where)
    (row,) = replays(merchant)
    assert row.state is ReplayState.DONE
    assert f"{row.answer['messages']} messages to {row.answer['people']} people" in told
    assert row.answer["messages"] > 12
    assert row.answer["not_sent"]["no_basis"] == row.answer["not_sent"]["order_cancelled"] == 1
    assert "No agreement to mails that count as advertising where they live: 1" in told
    assert "Bernd Ferreira" in told
    assert "Past0 Ferreira" in told
    assert "every 2s" not in told
    assert merchant.rows(select(func.count()).select_from(FollowUp))[0][0] == 0, "asking plans nothing"


def test_parts_are_shared_and_a_lost_one_is_done_again(merchant, few):
    past(merchant)
    where = ask(merchant).headers["Location"]
    with merchant.work() as session:
        run.divide(session)
    mine, yours = run._claim(merchant.wired), run._claim(merchant.wired)
    assert mine.part_id != yours.part_id
    assert "of 14 orders" in page(merchant, where)
    run._do(merchant.wired, mine)
    run._do(merchant.wired, mine)
    assert "4 of 14 orders" in page(merchant, where)
    while run.run_due(merchant.wired):
        pass
    assert parts_left(merchant) == 1, "what another has in its hands is left alone"
    assert not is_waiting(merchant)
    with merchant.work() as session:
        session.execute(update(ReplayPart).values(lease_until=func.now()))
    assert is_waiting(merchant)
    run.run_due(merchant.wired)
    (row,) = replays(merchant)
    assert (row.state, row.answer["orders"]) == (ReplayState.DONE, 14)
    assert merchant.rows(select(ReplayPart.id)) == []


def test_in_parts_or_whole_the_answer_is_the_same(merchant, monkeypatch):
    past(merchant)
    for most in (4, 1000):
        monkeypatch.setattr(run, "pages", lambda people, most=most: pages(people, most))
        ask(merchant)
        run.run_due(merchant.wired)
    parts, whole = (row.answer for row in replays(merchant))
    assert parts == whole


def test_everybodys_orders_are_on_one_page(merchant):
    past(merchant)
    with merchant.work() as session:
        people = load.people(session)
    made = list(pages(people, 4))
    assert all(len([page for page in made if set(page) & set(orders)]) == 1 for orders in people)
    assert sum(map(len, made)) == sum(map(len, people)) == 14


def test_two_versions_differ_in_what_changed(merchant):
    past(merchant)
    late = send("care_mail", anchor="delivered", delay_days=1, arrival="known", fallback_days=30)
    save(merchant, late, on="shipped", move=False)
    save(merchant, late | {"delay_days": 3}, on="shipped", move=False)
    where = ask(merchant, "care:2", "care:1").headers["Location"]
    run.run_due(merchant.wired)
    answer = replays(merchant)[0].answer
    assert answer["differs"].get("later", 0) == answer["messages"] > 0
    assert not answer["differs"].get("earlier")
    told = page(merchant, where)
    assert f"Sent later: {answer['messages']}" in told
    assert ", not " in told


def test_a_draft_is_asked_about_before_it_is_published(merchant):
    past(merchant)
    fresh = document(send("hello", anchor="shipped"), on="shipped", key="fresh", name="Fresh <b>idea</b>")
    check = merchant.post("/flow/check", document=json.dumps(fresh)).text
    assert "Ask your past" in check
    where = merchant.post("/replays", document=json.dumps(fresh), days="30").headers["Location"]
    assert "Fresh <b>idea</b>, a draft" in page(merchant, where)
    assert "<b>idea" not in merchant.fetch(where).text
    run.run_due(merchant.wired)
    (row,) = replays(merchant)
    assert (row.state, row.version, row.against) == (ReplayState.DONE, None, None)
    assert row.answer["messages"] > 5
    with merchant.work() as session:
        assert "fresh" not in published.flows(session)


def test_a_draft_of_a_known_flow_is_put_beside_what_is_published(merchant):
    past(merchant)
    late = send("care_mail", anchor="delivered", delay_days=1, arrival="known", fallback_days=30)
    save(merchant, late, on="shipped", move=False)
    draft = document(late | {"delay_days": 3}, on="shipped")
    where = merchant.post("/replays", document=json.dumps(draft), days="30").headers["Location"]
    run.run_due(merchant.wired)
    (row,) = replays(merchant)
    assert (row.version, row.against) == (None, 1)
    assert f"Sent later: {row.answer['messages']}" in page(merchant, where)
    assert "a draft against version 1" in page(merchant)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "This is not JSON from line 1"),
        ("{", "This is not JSON from line 1"),
        ("[]", "document"),
        ('{"format": 2, "key": "care"}', "name"),
        ("[" * 100_000, "document"),
    ],
)
def test_a_draft_that_is_no_flow_is_refused_in_words(merchant, text, words):
    answer = merchant.post("/replays", document=text, days="30")
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert replays(merchant) == []


def test_one_is_called_off_and_another_asked(merchant, few):
    past(merchant)
    where = ask(merchant).headers["Location"]
    assert ask(merchant, days="90").headers["Location"] == where, "one at a time"
    with merchant.work() as session:
        run.divide(session)
    mine = run._claim(merchant.wired)
    merchant.post(f"{where}/cancel")
    run._do(merchant.wired, mine)
    assert "Called off." in page(merchant, where)
    assert not is_waiting(merchant)
    assert ask(merchant, days="90").headers["Location"] != where


def test_a_part_that_never_ends_well_ends_the_replay_in_words(merchant):
    past(merchant)
    where = ask(merchant).headers["Location"]
    with merchant.work() as session:
        run.divide(session)
        session.execute(update(ReplayPart).values(attempts=run.TRIES))
    run.run_due(merchant.wired)
    assert replays(merchant)[0].state is ReplayState.FAILED
    assert "could not be finished" in page(merchant, where)
    assert not is_waiting(merchant)
    assert merchant.rows(select(ReplayPart.id)) == [], "nobody's orders are named longer than they are needed"


def test_a_shop_without_orders_has_its_answer_at_once(merchant):
    where = ask(merchant).headers["Location"]
    run.run_due(merchant.wired)
    assert "Nothing would have been sent." in page(merchant, where)


@pytest.mark.parametrize(
    ("flow", "against", "days", "status"),
    [
        ("parcel:1", "", "31", 422),
        ("parcel:1", "", "many", 422),
        ("parcel", "", "30", 422),
        ("", "", "30", 422),
        ("parcel:9", "", "30", 404),
        ("nothing:1", "", "30", 404),
        ("parcel:1", "order:1", "30", 422),
        ("parcel:1", "parcel:1", "30", 422),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(merchant, flow, against, days, status):
    assert ask(merchant, flow, against, days).status_code == status
    assert replays(merchant) == []


def test_nobody_sees_another_shops_replay(merchant, neighbour):
    past(merchant, 2)
    where = ask(merchant).headers["Location"]
    assert neighbour.fetch(where).status_code == 404
    assert neighbour.post(f"{where}/cancel").status_code == 404
    assert neighbour.fetch(f"{where}/standing").status_code == 404


@pytest.mark.browser
def test_it_looks_well_at_every_width(admin, open_page, few):
    merchant, address = admin
    past(merchant)
    page = open_page()
    page.goto(f"{address}/replays")
    page.frame_locator("#app").get_by_text("Ask your past").wait_for()
    where = ask(merchant).headers["Location"]
    with merchant.work() as session:
        run.divide(session)
    run._do(merchant.wired, run._claim(merchant.wired))
    page.goto(f"{address}{where}")
    page.frame_locator("#app").get_by_text("Going through your past").wait_for()
    look(page, "replay-going")
    run.run_due(merchant.wired)
    page.frame_locator("#app").get_by_text("not sent.").first.wait_for()
    look(page, "replay-answer", whole=True)
    page.goto(f"{address}/flow")
    frame = page.frame_locator("#app")
    frame.locator("s-text-area textarea").fill(json.dumps(document(on="shipped", name="Care, on the way")))
    frame.get_by_role("button", name="See what it does").click()
    frame.get_by_role("heading", name="What it would have done").wait_for()
    look(page, "replay-draft")
    frame.get_by_role("button", name="Ask your past").click()
    frame.get_by_text("Care, on the way, a draft").wait_for()
    frame.get_by_role("button", name="Go on with it").click()
    frame.get_by_role("heading", name="Before you publish").wait_for()
    frame.get_by_text("“Care, on the way” is new.").wait_for()
