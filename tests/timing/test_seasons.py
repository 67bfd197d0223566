"""Seasons by the shop's calendar: which one it is on every day, over New Year and on the last of February too."""

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.flows.facts.calendars import SeasonSetting
from app.flows.pages.settings.seasons_form import WrongSeasons, season_rows, seasons
from app.flows.timing.seasons import Season, names_on, read_seasons, written

WINTER = Season("Winter", (11, 15), (1, 6))
LEAP = Season("Leap", (2, 29), (2, 29))
WHOLE = Season("Any time", (3, 1), (2, 29))


@pytest.mark.parametrize(
    ("season", "day", "is_in"),
    [
        (WINTER, "2026-11-14", False),
        (WINTER, "2026-11-15", True),
        (WINTER, "2026-12-31", True),
        (WINTER, "2027-01-01", True),
        (WINTER, "2027-01-06", True),
        (WINTER, "2027-01-07", False),
        (LEAP, "2028-02-29", True),
        (LEAP, "2027-02-28", False),
        (LEAP, "2027-03-01", False),
        (WHOLE, "2027-02-28", True),
        (WHOLE, "2028-02-29", True),
        (WHOLE, "2027-03-01", True),
        (Season("One day", (12, 24), (12, 24)), "2026-12-24", True),
        (Season("One day", (12, 24), (12, 24)), "2026-12-23", False),
        (Season("Summer", (6, 1), (8, 31)), "2027-08-31", True),
        (Season("Summer", (6, 1), (8, 31)), "2027-09-01", False),
    ],
)
def test_each_day(season, day, is_in):
    assert season.covers(date.fromisoformat(day)) is is_in


ENDS = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.month, day.day))
DAYS = st.dates(date(2024, 1, 1), date(2037, 12, 31))
NAMES = st.text(string.ascii_letters + " äöü-", min_size=1, max_size=12).map(str.strip).filter(bool)
SEASONS = st.builds(Season, NAMES, ENDS, ENDS)


@given(SEASONS, DAYS)
def test_a_season_is_the_days_one_meets_walking_from_its_first_to_its_last(season, day):
    walked = date(2000, *season.first)
    days = set()
    while (walked.month, walked.day) not in days:  # once around the leap year at most
        days.add((walked.month, walked.day))
        if (walked.month, walked.day) == season.last:
            break
        walked += timedelta(days=1)
        walked = walked.replace(year=2000)
    assert season.covers(day) is ((day.month, day.day) in days)


@given(ENDS, ENDS, DAYS)
def test_what_begins_the_day_after_another_ends_leaves_no_day_and_none_twice(first, last, day):
    after = (date(2000, *last) + timedelta(days=1)).replace(year=2000)
    before = (date(2000, *first) - timedelta(days=1)).replace(year=2000)
    if (after.month, after.day) == first:
        return  # one of them is the whole year
    one = Season("One", first, last)
    other = Season("Other", (after.month, after.day), (before.month, before.day))
    assert len(names_on((one, other), day)) == 1


@given(st.lists(SEASONS, max_size=5, unique_by=lambda each: each.name.lower()))
def test_what_is_written_is_read_again(kept):
    assert read_seasons(written(kept)) == tuple(kept)


def form(*rows):
    names, firsts, lasts = zip(*rows, strict=True)
    return MultiDict(
        [
            *(("name", each) for each in names),
            *(("first", each) for each in firsts),
            *(("last", each) for each in lasts),
        ]
    )


def test_what_is_typed_is_kept_and_shown_in_this_year():
    typed = form(("Winter", "2026-11-15", "2027-01-06"), ("", "", ""), (" Leap  day ", "2028-02-29", "2028-02-29"))
    kept = seasons(typed)
    assert kept == SeasonSetting("11-15/01-06 Winter\n02-29/02-29 Leap day")
    shown = [(row.name, row.first, row.last) for row in season_rows(kept, 2027)]
    assert shown == [("Winter", "2027-11-15", "2028-01-06"), ("Leap day", "2000-02-29", "2000-02-29")]


@pytest.mark.parametrize(
    ("rows", "field", "words"),
    [
        ([("", "2026-11-15", "2026-12-01")], "season_0", "Give the season a name."),
        ([("Winter", "", "2026-12-01")], "season_0", "Give its first and last day."),
        ([("Winter", "soon", "2026-12-01")], "season_0", "Give its first and last day."),
        ([("W" * 41, "2026-11-15", "2026-12-01")], "season_0", "A name has at most 40 letters."),
        (
            [("Winter", "2026-11-15", "2026-12-01"), ("winter", "2026-12-02", "2026-12-03")],
            "season_1",
            "There is a season called Winter already.",
        ),
        ([(f"S{n}", "2026-11-15", "2026-12-01") for n in range(25)], "seasons", "Keep to 24 seasons."),
    ],
)
def test_what_is_wrong_is_said_at_its_row(rows, field, words):
    with pytest.raises(WrongSeasons) as wrong:
        seasons(form(*rows))
    assert wrong.value.errors == {field: words}
