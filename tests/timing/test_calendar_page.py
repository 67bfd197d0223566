"""The page where a merchant says when messages keep quiet."""

import html

import pytest
from werkzeug.datastructures import MultiDict

from app.flows.facts.calendars import CalendarSetting
from app.flows.pages.settings.calendar_form import WrongCalendar, calendar
from app.shops.settings import load
from tests.admin_people.stories import words

GAPS = {"help_gap_hours": "48", "ask_gap_hours": "48"}
CHRISTMAS = {"first": ["2026-12-24", ""], "last": ["2027-01-02", ""]}


def kept(merchant):
    with merchant.work() as session:
        return load(session, CalendarSetting)


def test_what_is_typed_is_kept_and_shown_again(running):
    typed = {
        **GAPS,
        "quiet_from": "21:00",
        "quiet_to": "8:00",
        "first": ["2026-12-24", "2026-08-01", ""],
        "last": ["2027-01-02", "", ""],
        "yearly": ["0"],
        "holidays_closed": "yes",
    }
    answer = running.post("/settings/calendar", **typed)
    assert "Saved. No planned message moved." in html.unescape(answer.text)
    assert kept(running) == CalendarSetting(
        quiet_from="21:00",
        quiet_to="08:00",
        closed_days="--12-24/--01-02 2026-08-01/2026-08-01",
        holidays_closed=True,
    )
    page = running.fetch("/settings/calendar").text
    for value in ('value="21:00"', 'value="2026-12-24"', 'value="2027-01-02"', 'value="2026-08-01"'):
        assert value in page
    assert "Nothing was changed" in running.post("/settings/calendar", **typed).text
    shown = words(running.fetch("/settings").text)
    assert "Nothing but order news leaves from 21:00 to 08:00, their time." in shown
    assert "2 ranges of days are kept free of messages." in shown


def test_the_last_of_february_comes_back_every_year(running):
    running.post("/settings/calendar", **GAPS, first=["2028-02-29"], last=["2028-03-01"], yearly=["0"])
    assert kept(running).closed_days == "--02-29/--03-01"
    assert 'value="2000-02-29"' in running.fetch("/settings/calendar").text


def test_saving_says_before_and_after_what_it_moves(running):
    for name in ("Ana", "Bo"):
        running.order(name, placed=2, sent=2, arrived=0)
    typed = {**GAPS, "first": ["2026-11-25"], "last": ["2026-11-30"]}
    before = html.unescape(running.post("/settings/calendar/moves", **typed).text)
    assert "2 messages move, the first to Tuesday 1 December 9:0" in before
    after = html.unescape(running.post("/settings/calendar", **typed).text)
    assert "Saved. 2 messages moved, the first to Tuesday 1 December 9:0" in after
    assert running.post("/settings/calendar/moves", **typed).text.strip() == ""  # nothing is left to save


def test_it_says_what_would_come_too_late(running):
    running.order("Ana", placed=2, sent=2, arrived=0)
    typed = {**GAPS, "first": ["2026-11-21", "2027-02-21"], "last": ["2027-02-20", "2027-05-01"]}
    said = html.unescape(running.post("/settings/calendar/moves", **typed).text)
    assert "2 messages move" in said
    assert "2 of them are too old by then and not sent." in said


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"quiet_from": "25:00", "quiet_to": "8"}, "quiet_from", "Give a time of day like 21:00. You entered 25:00."),
        ({"quiet_from": "²1:00", "quiet_to": "8"}, "quiet_from", "Give a time of day like 21:00. You entered ²1:00."),
        ({"quiet_from": "21:00"}, "quiet_to", "Quiet hours need both ends, or neither."),
        ({"quiet_from": "8:00", "quiet_to": "7:00"}, "quiet_to", "At least 4 hours of a day must stay open."),
        ({"quiet_from": "8:00", "quiet_to": "8:00"}, "quiet_to", "At least 4 hours of a day must stay open."),
        ({"first": ["soon"]}, "closed_0", "Give the first and the last day as dates."),
        ({"last": ["2026-12-24"]}, "closed_0", "Give the first and the last day as dates."),
        ({"first": ["2026-12-24"], "last": ["2026-12-01"]}, "closed_0", "The last day must not be before the first."),
        ({"first": ["2026-01-01"], "last": ["2026-12-01"]}, "closed_0", "At most 92 days in one row."),
        ({"first": ["2026-07-01"], "last": ["2026-06-01"], "yearly": ["0"]}, "closed_0", "At most 92 days in one row."),
        ({"first": ["2026-01-01"] * 41}, "closed", "Keep to 40 rows of closed days."),
        (
            {
                "first": ["2026-01-01", "2026-05-01", "2026-09-01"],
                "last": ["2026-03-31", "2026-07-31", "2026-11-30"],
                "yearly": ["0", "1", "2"],
            },
            "closed",
            "Half of every year must stay open. Take some closed days out.",
        ),
        ({"help_gap_hours": "-1"}, "help_gap_hours", "Give 0 to 720 hours. You entered -1."),
        ({"ask_gap_hours": ""}, "ask_gap_hours", "Give 0 to 720 hours. You entered nothing."),
    ],
)
def test_a_wrong_field_is_refused_by_name_and_nothing_is_kept(running, changes, field, sentence):
    form = MultiDict(GAPS | changes)
    with pytest.raises(WrongCalendar) as refused:
        calendar(form)
    assert refused.value.errors[field].startswith(sentence)
    answer = running.post("/settings/calendar", **(GAPS | changes))
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert kept(running) == CalendarSetting()
    assert running.post("/settings/calendar/moves", **(GAPS | changes)).text.strip() == ""
