"""Read seasons as a merchant typed them, a row each. Every wrong row gets one sentence."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date
from werkzeug.datastructures import MultiDict

from app.flows.facts.calendars import SeasonSetting
from app.flows.timing.seasons import MonthDay, Season, names_on, written

MOST: Final = 24
LONGEST_NAME: Final = 40
LEAP_YEAR: Final = 2000
LEAP_DAY: Final = (2, 29)


class WrongSeasons(ValueError):
    """Refuse seasons. `errors` maps a row ("season_0") or all of them ("seasons") to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """One season as it stands in the form; its days are ISO dates of some year."""

    name: str = ""
    first: str = ""
    last: str = ""


def typed_rows(form: MultiDict[str, str]) -> list[SeasonRow]:
    """Return the rows a form holds, as typed."""
    columns = [form.getlist(field) for field in ("name", "first", "last")]
    places = range(min(max(map(len, columns)), MOST + 2))
    return [SeasonRow(*(_plain(each[place]) if place < len(each) else "" for each in columns)) for place in places]


def _plain(typed: str) -> str:
    return "".join(letter for letter in " ".join(typed.split()) if letter.isprintable())


def seasons(form: MultiDict[str, str]) -> SeasonSetting:
    """Return the seasons a form holds; empty rows count for nothing. Raises WrongSeasons naming every wrong row."""
    errors: dict[str, str] = {}
    found: dict[str, Season] = {}
    for place, row in enumerate(typed_rows(form)):
        if row == SeasonRow():
            continue
        try:
            season = _season(row, found)
            found[season.name.lower()] = season
        except ValueError as wrong:
            errors[f"season_{place}"] = str(wrong)
    if len(found) > MOST:
        errors = {"seasons": f"Keep to {MOST} seasons."}
    if errors:
        raise WrongSeasons(errors)
    return SeasonSetting(written(found.values()))


def season_rows(setting: SeasonSetting, year: int) -> list[SeasonRow]:
    """Return the rows of kept seasons, shown in a year; the last of February in one that has it."""
    shown = []
    for each in setting.seasons:
        leap = LEAP_DAY in {each.first, each.last} and not isleap(year)
        begins = LEAP_YEAR if leap else year
        ends = begins + (each.last < each.first)
        if each.last == LEAP_DAY and not isleap(ends):
            begins, ends = LEAP_YEAR - 1, LEAP_YEAR
        shown.append(SeasonRow(each.name, str(date(begins, *each.first)), str(date(ends, *each.last))))
    return shown


def season_words(setting: SeasonSetting, today: date) -> list[str]:
    """Return a sentence a season, and which it is today."""
    if not setting.seasons:
        return ["None named yet. A flow can fork by season, and a mail can name it."]
    told = [f"{each.name}: {_day(each.first)} to {_day(each.last)}." for each in setting.seasons]
    now = names_on(setting.seasons, today)
    return [*told, f"Today it is {' and '.join(now)}." if now else "Today it is none of them."]


def _season(row: SeasonRow, others: Mapping[str, Season]) -> Season:
    if row.name.lower() in others:
        raise ValueError(f"There is a season called {others[row.name.lower()].name} already.")
    if not row.name:
        raise ValueError("Give the season a name.")
    if len(row.name) > LONGEST_NAME:
        raise ValueError(f"A name has at most {LONGEST_NAME} letters.")
    try:
        first, last = date.fromisoformat(row.first), date.fromisoformat(row.last)
    except ValueError:
        raise ValueError("Give its first and last day.") from None
    return Season(row.name, (first.month, first.day), (last.month, last.day))


def _day(of: MonthDay) -> str:
    return format_date(date(LEAP_YEAR, *of), "d MMMM", locale="en_GB")
