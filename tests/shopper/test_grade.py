"""People told from machines, by what they do and not by when it suits us."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages.hits.grade import Grade, Opened, grades, is_machine

ARRIVED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HOUR = 3600

PEOPLE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X18 Plus) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
)
MACHINES = (
    "",
    "Mozilla/5.0",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Slackbot-LinkExpanding 1.0",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 BingPreview/1.0b",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36",
    "Barracuda Sentinel (EE)",
    "Mimecast-URL-Protect",
    "python-requests/2.32",
    "Python/3.11 aiohttp/3.9",
    "curl/8.5.0",
    "Wget/1.21",
    "Go-http-client/2.0",
    "okhttp/4.12",
    "Apache-HttpClient/4.5 (Java/17.0.1)",
    "axios/1.7",
    "Yahoo! Slurp",
)


def hit(link, after_s, kind="click", *, machine=False):
    return Opened(kind, link, ARRIVED + timedelta(seconds=after_s), machine)


@pytest.mark.parametrize("agent", PEOPLE)
def test_browsers_of_people_do_not_give_themselves_away(agent):
    assert not is_machine("GET", agent)
    assert is_machine("HEAD", agent)


@pytest.mark.parametrize("agent", MACHINES)
def test_machines_say_who_they_are(agent):
    assert is_machine("GET", agent)


def test_one_link_hours_later_is_a_person():
    assert grades([hit("review", 3 * HOUR)], ARRIVED) == [Grade.HUMAN]


def test_fourteen_links_in_a_few_seconds_are_a_machine():
    opened = [hit(f"link {n}", 2 + n / 10) for n in range(14)]
    assert set(grades(opened, ARRIVED)) == {Grade.MACHINE}


def test_a_patient_scanner_that_opens_link_by_link_is_a_machine():
    opened = [hit(f"link {n}", 4 + 8 * n) for n in range(7)]
    assert set(grades(opened, ARRIVED)) == {Grade.MACHINE}


def test_the_third_link_makes_machines_of_the_two_before():
    first, second, third = (hit(f"link {n}", HOUR + n) for n in range(3))
    assert grades([first, second], ARRIVED) == [Grade.HUMAN, Grade.HUMAN]
    assert set(grades([first, second, third], ARRIVED)) == {Grade.MACHINE}


def test_a_scanner_at_arrival_does_not_spoil_the_person_after_it():
    scanned = [hit(f"link {n}", 3) for n in range(5)]
    person = hit("review", 2 * HOUR, "page")
    assert grades([*scanned, person], ARRIVED)[-1] is Grade.HUMAN


def test_opening_a_mail_and_following_one_link_is_a_person():
    opened = [hit("pixel", HOUR, "open"), hit("tracking", HOUR + 3), hit("review", HOUR + 4, "page")]
    assert grades(opened, ARRIVED) == [Grade.LIKELY, Grade.HUMAN, Grade.HUMAN]


def test_an_open_is_never_surely_a_person_and_at_once_it_is_none():
    assert grades([hit("pixel", HOUR, "open")], ARRIVED) == [Grade.LIKELY]
    assert grades([hit("pixel", 1, "open")], ARRIVED) == [Grade.MACHINE]


def test_the_same_link_twice_is_one_link():
    opened = [hit("review", HOUR + n / 2, "page") for n in range(6)]
    assert set(grades(opened, ARRIVED)) == {Grade.HUMAN}


opened_lists = st.lists(
    st.builds(
        hit,
        st.sampled_from("abcdef"),
        st.integers(0, 10_000),
        st.sampled_from(["open", "click", "page"]),
        machine=st.booleans(),
    ),
    max_size=12,
)


@given(opened_lists, opened_lists)
def test_more_evidence_only_ever_makes_machines(before, after):
    earlier, later = grades(before, ARRIVED), grades([*before, *after], ARRIVED)
    for then, now in zip(earlier, later, strict=False):
        assert now is then or now is Grade.MACHINE


@given(opened_lists)
def test_what_gave_itself_away_stays_a_machine(opened):
    for one, grade in zip(opened, grades(opened, ARRIVED), strict=True):
        assert not one.machine or grade is Grade.MACHINE
