"""What somebody at the shop decides by hand about one message or one person: kept with who and when, and told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.models import Deed, Did
from app.flows.words.decided.deed_words import DEEDS
from tests.admin_people import stories
from tests.admin_people.stories import person_of, row_of
from tests.admin_people.test_why import asked, why

BY_SOMEBODY = "Friday 20 November at 12:00: a staff member"


@pytest.fixture
def order(merchant):
    stories.starts(merchant)
    return merchant.order("Ana", placed=9, sent=8, arrived=5)


def test_every_kind_of_deed_has_words():
    assert set(DEEDS) == set(Did)


def test_who_left_one_out_is_told_on_the_page_and_in_the_terminal(merchant, order):
    row = row_of(merchant, order, "product_help")
    for _ in range(2):
        merchant.post(f"/follow-ups/{row.id}/skip")
    ((kind, by, at),) = merchant.rows(select(Deed.kind, Deed.done_by, Deed.done_at))
    assert (kind, by, at) == (Did.SKIPPED, "user:902541635", merchant.now)
    merchant.pass_time(days=1)
    assert f"Decided by hand {BY_SOMEBODY} left it out." in why(merchant, order, "product_help")
    told = asked(merchant, "--message", str(row.id)).output
    assert "By hand:" in told
    assert f"{BY_SOMEBODY} left it out." in told
    assert "Decided by hand" not in why(merchant, order, "review_request")


@pytest.mark.parametrize(
    ("choice", "kind"), [("skip", Did.SKIPPED), ("drop_late", Did.DROPPED), ("send", None)]
)  # fmt: skip
def test_a_resume_says_who_chose_what_it_left_out(merchant, order, choice, kind):
    merchant.post("/pause")
    merchant.pass_time(days=2)
    merchant.clock["now"] = row_of(merchant, order, "product_help").due_at + timedelta(hours=30)
    merchant.post("/resume", choice=choice)
    done = merchant.rows(select(Deed.follow_up_id, Deed.kind, Deed.done_by))
    expected = [] if kind is None else [(row_of(merchant, order, "product_help").id, kind, "user:902541635")]
    assert [tuple(each) for each in done] == expected
    told = why(merchant, order, "product_help")
    assert ("a staff member" in told) == (kind is not None)


def test_who_paused_a_person_is_told_where_a_message_waits_for_it(merchant, order):
    merchant.post(f"/customers/{person_of(merchant, order)}/pause", days="30")
    stories.decides(merchant, order, "product_help")
    told = why(merchant, order, "product_help")
    assert "Messages to Ana are paused by a staff member. Continues" in told
    assert "paused by: a staff member" in told
