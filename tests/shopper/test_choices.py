"""The page of choices: each kept with its source, none by looking, and nothing that undoes another."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.customers.ledger import Source
from app.customers.models import ConsentEntry, Preference
from app.customers.wish_topics import AtMost
from app.customers.wishes import wishes
from app.flows.models import FollowUp, FollowUpState
from app.kit.clock import business_now
from app.messages.signed.links import Purpose
from tests.shopper.test_unsubscribe_race import asked_today, sink, started

__all__ = ["sink", "started"]

ALL = ["order", "shipping", "product_help", "review_ask"]


@pytest.fixture
def mailed(people):
    return people.mail("Harbour kettle", "Mug set")


def wish(people, mailed):
    with people.work() as session:
        return wishes(session, [mailed.customer_id])[mailed.customer_id]


def press(web, mailed, **form):
    answer = web.post(mailed.path(Purpose.PREFERENCES), data=form)
    assert answer.status_code == 303, answer.text
    return web.get(answer.headers["Location"]).text


def save(web, mailed, **form):
    return press(web, mailed, **({"save": "yes", "topic": ALL, "muted_shown": "yes"} | form))


def kept(people):
    return people.rows(select(Preference.topic, Preference.value, Preference.source).order_by(Preference.id))


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(web, people, mailed, method):
    for _ in range(2):
        assert getattr(web, method)(mailed.path(Purpose.PREFERENCES)).status_code == 200
    assert kept(people) == []


def test_how_often_is_kept_once_and_shown(web, people, mailed):
    page = save(web, mailed, often="weekly")
    assert 'value="weekly" checked' in page
    save(web, mailed, often="weekly")
    assert kept(people) == [("frequency", "weekly", "preferences")]
    assert wish(people, mailed).at_most is AtMost.WEEKLY
    save(web, mailed)
    assert wish(people, mailed).at_most is AtMost.WEEKLY, "a form of an older page leaves it as it is"
    save(web, mailed, often="everything")
    assert wish(people, mailed).at_most is AtMost.EVERYTHING


def test_one_product_is_muted_and_comes_back(web, people, mailed):
    kettle, mugs = mailed.products
    page = save(web, mailed, mute=str(kettle))
    assert f'value="{kettle}" checked' in page
    assert wish(people, mailed).muted == {kettle}
    save(web, mailed, mute=[str(kettle), str(mugs), "17", "x", "9" * 30])
    assert wish(people, mailed).muted == {kettle, mugs}, "only what the page shows"
    save(web, mailed, mute=str(mugs))
    assert wish(people, mailed).muted == {mugs}
    press(web, mailed, save="yes", topic=ALL)
    assert wish(people, mailed).muted == {mugs}, "a form without products leaves them as they are"


@pytest.mark.parametrize(
    ("days", "words"), [("14", "2 weeks, until "), ("30", "1 month, until "), ("90", "3 months, until ")]
)
def test_a_break_says_until_when_and_can_be_ended(web, people, mailed, days, words):
    assert words in web.get(mailed.path(Purpose.PREFERENCES)).text
    page = press(web, mailed, pause=days)
    assert "Your break has begun." in page
    assert "You take a break until " in page
    with people.work() as session:
        now = business_now(session)
    found = wish(people, mailed)
    assert abs(found.paused_until - now - timedelta(days=int(days))) < timedelta(minutes=1)
    assert found.paused_by == Source.PREFERENCES
    assert "Your break is over." in press(web, mailed, resume="yes")
    assert wish(people, mailed).paused_until is None
    before = kept(people)
    press(web, mailed, resume="yes")
    assert kept(people) == before


def test_a_stop_on_the_page_is_proved_and_ends_no_break_by_itself(web, people, mailed):
    press(web, mailed, pause="14")
    page = press(web, mailed, stop="yes")
    assert "Tips and questions are stopped." in page
    assert "Take a break" not in page
    ((state, source, text, ip),) = people.rows(
        select(ConsentEntry.state, ConsentEntry.source, ConsentEntry.text_version, ConsentEntry.ip_hash)
    )
    assert (state, source) == ("unsubscribed", "preferences")
    assert text.startswith("stop:en:")
    assert len(ip) == 64
    assert "127.0.0.1" not in ip
    save(web, mailed)
    assert wish(people, mailed).off_since is None
    assert wish(people, mailed).paused_until is None


@pytest.mark.parametrize(
    "form", [{}, {"pause": "15"}, {"pause": ""}, {"save": "yes", "often": "daily"}, {"stop": "no"}]
)
def test_what_no_button_sends_is_refused_by_name(web, people, mailed, form):
    answer = web.post(mailed.path(Purpose.PREFERENCES), data=form, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")
    assert answer.json["error"]["field"]
    assert kept(people) == []


def test_what_waits_for_a_break_goes_on_when_it_ends(web, started, sink):
    people = started
    ((mailed),) = asked_today(people, 1)
    press(web, mailed, pause="14")
    with people.work() as session:
        later = business_now(session) + timedelta(days=14)
        waits = {"due_at": later, "postponed_until": later, "reason": "paused_by_person"}
        session.execute(update(FollowUp).values(waits))
    press(web, mailed, resume="yes")
    ((state, reason, due_at),) = people.rows(select(FollowUp.state, FollowUp.reason, FollowUp.due_at))
    assert (state, reason) == (FollowUpState.SCHEDULED, None)
    assert due_at < later - timedelta(days=13)
