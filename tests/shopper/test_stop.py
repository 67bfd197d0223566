"""Stopping mail and choosing it: never by looking, once by asking, and back again if wanted."""

import pytest
from sqlalchemy import select

from app.customers.address import address_hash
from app.customers.models import ConsentEntry, Preference, Suppression, SuppressionScope
from app.customers.suppress import suppress
from app.kit.clock import real_now
from app.messages.models import Message, MessageEvent
from app.messages.signed.links import Purpose
from app.messages.wishes import topics_off

ALL = ["order", "shipping", "product_help", "review_ask"]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def stops(people):
    return people.rows(select(Suppression.scope, Suppression.reason))


def choices(people):
    return people.rows(select(Preference.topic, Preference.value).order_by(Preference.id))


def off(people, mailed):
    with people.work() as session:
        return topics_off(session, session.get_one(Message, (people.id, mailed.message_id)))


def choose(web, mailed, *topics):
    answer = web.post(mailed.path(Purpose.PREFERENCES), data={"topic": list(topics), "save": "yes"})
    assert answer.status_code == 303
    return web.get(answer.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_stops_optional_mail_without_a_page(web, people, content_type):
    mailed = people.mail()
    for _ in range(3):
        answer = web.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK, content_type=content_type)
        assert (answer.status_code, answer.data, answer.headers.get("Location")) == (200, b"", None)
        assert "Set-Cookie" not in answer.headers
    assert stops(people) == [(SuppressionScope.OPTIONAL, "unsubscribed")]
    assert people.rows(select(ConsentEntry.state, ConsentEntry.source)) == [("unsubscribed", "our_link")]
    assert people.rows(select(MessageEvent.kind)) == [("unsubscribe",)]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_stops_nobodys_mail(web, people, method):
    mailed = people.mail()
    for _ in range(3):
        assert getattr(web, method)(mailed.path(Purpose.UNSUBSCRIBE)).status_code == 200
    assert stops(people) == []


def test_the_page_asks_once_and_then_says_that_it_is_so(web, people):
    mailed = people.mail()
    path = mailed.path(Purpose.UNSUBSCRIBE)
    assert "Stop these mails?" in web.get(path).get_data(as_text=True)
    answer = web.post(path, data={"stop": "yes"})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    after = web.get(path).get_data(as_text=True)
    assert "These mails are stopped" in after
    assert "<form" not in after


def test_the_way_out_stays_open_when_the_review_page_is_closed(web, people):
    from datetime import timedelta

    mailed = people.mail()
    with people.work() as session:
        message = session.get_one(Message, (people.id, mailed.message_id))
        message.created_at -= timedelta(days=365)
    assert web.get(mailed.review).status_code == 404
    assert web.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK).status_code == 200


def test_topics_are_switched_off_and_on_and_only_changes_are_recorded(web, people):
    mailed = people.mail()
    choose(web, mailed, *ALL)
    assert choices(people) == []
    page = choose(web, mailed, "order", "shipping", "product_help")
    assert "Your choice is saved." in page
    assert choices(people) == [("review_ask", "off")]
    choose(web, mailed, "order", "shipping", "product_help")
    assert choices(people) == [("review_ask", "off")]
    assert off(people, mailed) == {"review_ask"}
    choose(web, mailed, *ALL)
    assert choices(people) == [("review_ask", "off"), ("review_ask", "on")]
    assert off(people, mailed) == set()


def test_an_unsubscribe_shows_among_the_topics_and_can_be_taken_back(web, people):
    mailed = people.mail()
    web.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK)
    assert off(people, mailed) == {"product_help", "review_ask"}
    choose(web, mailed, "order", "shipping")
    assert stops(people) == [(SuppressionScope.OPTIONAL, "unsubscribed")]
    assert choices(people) == [("all", "off")]
    choose(web, mailed, "order", "shipping", "product_help")
    assert stops(people) == []
    assert off(people, mailed) == {"review_ask"}
    consent = people.rows(select(ConsentEntry.state))
    assert consent == [("unsubscribed",)], "wanting mail about an order is not consent to advertising"


def test_a_dead_address_is_not_revived_by_a_choice(web, people):
    mailed = people.mail()
    with people.work() as session:
        message = session.get_one(Message, (people.id, mailed.message_id))
        for scope, reason in ((SuppressionScope.ADDRESS, "hard_bounce"), (SuppressionScope.OPTIONAL, "complaint")):
            suppress(session, message.recipient, scope=scope, reason=reason, at=real_now())
    choose(web, mailed, *ALL)
    assert len(stops(people)) == 2
    assert address_hash(" ANA@example.com") == address_hash("ana@example.com")


def test_topics_nobody_knows_are_left_alone(web, people):
    mailed = people.mail()
    choose(web, mailed, *ALL, "all", "x" * 500, "\x00")
    assert choices(people) == []


def test_two_shops_do_not_share_a_stop(web, people, strangers):
    mine = people.mail(email="both@example.com")
    theirs = strangers.mail(email="both@example.com")
    web.post(mine.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK)
    assert stops(strangers) == []
    assert off(strangers, theirs) == set()
