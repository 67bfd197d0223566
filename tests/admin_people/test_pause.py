"""A pause for one person: what it holds, that it holds, and that it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.customers.keep_choice import keep_choice
from app.customers.ledger import Source
from app.customers.models import Preference
from app.customers.wish_topics import EVERYTHING, FREQUENCY, AtMost
from app.customers.wishes import wishes
from app.flows.models import FollowUpState
from app.flows.rules.decision import Postpone, Send
from tests.admin_people import stories
from tests.admin_people.stories import person_of, row_of, words


@pytest.fixture
def order(merchant):
    stories.starts(merchant)
    return merchant.order("Ana", placed=9, sent=8, arrived=5)


def test_a_pause_holds_help_and_asks_until_it_ends(merchant, order):
    person = person_of(merchant, order)
    answer = merchant.post(f"/customers/{person}/pause", days="30")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/customers/{person}?done=paused")
    told = words(merchant.fetch(f"/customers/{person}?done=paused").text)
    assert "Messages are paused until Sunday 20 December" in told
    assert "Paused all optional messages" in told
    assert "By a staff member" in told
    assert isinstance(stories.decides(merchant, order, "product_help"), Postpone)
    told = words(merchant.fetch(f"/customers/{person}").text)
    assert "Messages to Ana are paused by a staff member." in told


def test_order_news_still_goes(merchant, order):
    merchant.post(f"/customers/{person_of(merchant, order)}/pause", days="7")
    fresh = merchant.order("Ana", placed=0, customer_id=person_of(merchant, order))
    assert isinstance(stories.decides(merchant, fresh, "thank_you"), Send)


def test_resuming_lets_what_waited_go_at_once(merchant, order):
    person = person_of(merchant, order)
    merchant.post(f"/customers/{person}/pause", days="90")
    stories.decides(merchant, order, "product_help")
    assert row_of(merchant, order, "product_help").due_at > merchant.now + timedelta(days=5)
    merchant.post(f"/customers/{person}/resume")
    row = row_of(merchant, order, "product_help")
    assert (row.due_at, row.state, row.reason) == (merchant.now, FollowUpState.SCHEDULED, None)
    assert isinstance(stories.decides(merchant, order, "product_help"), Send)
    assert "Messages are paused until" not in merchant.fetch(f"/customers/{person}").text


def test_resuming_what_is_not_paused_changes_nothing(merchant, order):
    before = row_of(merchant, order, "review_request").due_at
    merchant.post(f"/customers/{person_of(merchant, order)}/resume")
    assert merchant.rows(select(Preference.id)) == []
    assert row_of(merchant, order, "review_request").due_at == before


@pytest.mark.parametrize("days", ["", "0", "8", "-7", "x", "9" * 30, "7 "])
def test_a_length_that_is_not_offered_is_refused_where_it_was_chosen(merchant, order, days):
    answer = merchant.post(f"/customers/{person_of(merchant, order)}/pause", days=days)
    assert answer.status_code == 422
    assert "Choose how long to pause: 1 week, 1 month, 3 months, 1 year." in answer.text
    assert merchant.rows(select(Preference.id)) == []


def test_a_person_who_switched_everything_off_is_not_switched_on_by_a_pause(merchant, order):
    with merchant.work() as session:
        session.add(
            Preference(
                shop_id=merchant.id, customer_id=person_of(merchant, order), topic="all", value="off", until=None,
                source="our_link", happened_at=merchant.now,
            )
        )  # fmt: skip
    person = person_of(merchant, order)
    assert "Pause messages" not in merchant.fetch(f"/customers/{person}").text
    assert merchant.post(f"/customers/{person}/pause", days="7").status_code == 422


def test_a_reload_of_the_forms_address_shows_the_person(merchant, order):
    person = person_of(merchant, order)
    for act in ("pause", "resume"):
        assert merchant.fetch(f"/customers/{person}/{act}").headers["Location"] == f"/customers/{person}"


def test_a_break_of_the_persons_own_is_theirs_to_end(merchant):
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    customer = person_of(merchant, order)
    with merchant.work() as session:
        until = merchant.now + timedelta(days=14)
        keep_choice(session, customer, EVERYTHING, "paused", Source.PREFERENCES, until=until)
        keep_choice(session, customer, FREQUENCY, AtMost.WEEKLY, Source.PREFERENCES)
    told = words(merchant.fetch(f"/customers/{customer}").text)
    assert "only they can end it" in told
    assert "Resume messages" not in told
    assert (
        "At most one optional message a week (since Friday 20 November, from the person, on the page of choices)."
        in told
    )
    for path, form in (("resume", {}), ("pause", {"days": "7"})):
        answer = merchant.post(f"/customers/{customer}/{path}", **form)
        assert answer.status_code == 422
        assert "by their own choice" in answer.text
    with merchant.work() as session:
        assert wishes(session, [customer])[customer].paused_until == until
