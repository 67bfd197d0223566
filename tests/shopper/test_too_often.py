"""Forms sent again and again: held back for a minute, in the shopper's language; one click never is."""

import pytest
from sqlalchemy import select

from app.customers.models import Suppression
from app.kit import limit
from app.messages.signed.links import Purpose
from app.messages.signed.too_often import FORMS

STOP, ONE_CLICK = {"stop": "yes"}, {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def minute(monkeypatch):
    """A clock of the limit's own, which stands still until it is told to go on."""
    told = [1000.0]
    monkeypatch.setattr(limit.time, "monotonic", lambda: told[0])
    return told


def forms(mailed):
    return {Purpose.REVIEW: mailed.rated(5), Purpose.PREFERENCES: {"save": "yes"}, Purpose.UNSUBSCRIBE: STOP}


@pytest.mark.parametrize("purpose", [Purpose.REVIEW, Purpose.PREFERENCES, Purpose.UNSUBSCRIBE])
@pytest.mark.parametrize(
    ("locale", "words"), [("en", "Try again in a minute."), ("de", "Versuchen Sie es in einer Minute noch einmal.")]
)
def test_a_form_sent_too_often_waits_a_minute(web, people, minute, purpose, locale, words):
    mailed, other = people.mail(locale=locale), people.mail()
    sent = [web.post(mailed.path(purpose), data=forms(mailed)[purpose]).status_code for _ in range(FORMS.times)]
    assert set(sent) == {303}
    answer = web.post(mailed.path(purpose), data=forms(mailed)[purpose])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert words in answer.text
    assert f'<html lang="{locale}">' in answer.text
    assert web.get(mailed.path(purpose)).status_code == 200  # looking is not counted
    assert web.post(other.path(purpose), data=forms(other)[purpose]).status_code == 303  # nor is anybody else
    minute[0] += 60
    assert web.post(mailed.path(purpose), data=forms(mailed)[purpose]).status_code == 303


def test_wrong_forms_count_too_and_a_held_back_one_changes_nothing(web, people, minute):
    mailed = people.mail()
    path = mailed.path(Purpose.UNSUBSCRIBE)
    assert {web.post(path).status_code for _ in range(FORMS.times)} == {422}
    assert web.post(path, data=STOP).status_code == 429
    assert people.rows(select(Suppression.id)) == []


def test_one_click_is_never_held_back(web, people, minute):
    mailed = people.mail()
    path = mailed.path(Purpose.UNSUBSCRIBE)
    for _ in range(FORMS.times + 1):
        web.post(path)
    assert web.post(path).status_code == 429
    answers = {web.post(path, data=ONE_CLICK).status_code for _ in range(3 * FORMS.times)}
    assert answers == {200}
    assert len(people.rows(select(Suppression.id))) == 1


def test_wrong_links_are_never_told_apart_by_it(web, people, minute):
    answers = {(a.status_code, a.data) for a in (web.post("/u/never-signed", data=STOP) for _ in range(50))}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
