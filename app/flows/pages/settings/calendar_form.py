"""Read a calendar as a merchant typed it: hours, gaps, and rows of closed days. Every wrong field gets one sentence."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from werkzeug.datastructures import MultiDict

from app.flows.facts.calendars import ANY_LEAP_YEAR, YEARLY, CalendarSetting, blackout, minute_of
from app.flows.language.window import DAY, HOUR
from app.flows.words.count_words import counted

MOST_ROWS: Final = 40
LONGEST_ROW: Final = 92  # days
MOST_ONCE: Final = 366  # days of single years together
MOST_YEARLY: Final = 183  # days of every year together: half of each stays open
LEAST_OPEN: Final = 4 * HOUR  # of a day, beside the quiet hours
LONGEST_GAP: Final = 30 * 24  # hours


class WrongCalendar(ValueError):
    """Refuse a calendar. `errors` maps a field to a sentence; closed days are "closed_0" and so on."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class Row:
    """One range of closed days as it stands in the form."""

    first: str = ""
    last: str = ""
    yearly: bool = False


def calendar(form: MultiDict[str, str]) -> CalendarSetting:
    """Return the calendar a form holds. Raises WrongCalendar naming every wrong field."""
    errors: dict[str, str] = {}
    opens, closes = _clock(form, "quiet_from", errors), _clock(form, "quiet_to", errors)
    if not errors:
        _check_quiet(opens, closes, errors)
    setting = CalendarSetting(
        quiet_from=opens,
        quiet_to=closes,
        closed_days=_closed_days(rows(form), errors),
        holidays_closed=form.get("holidays_closed") == "yes",
        help_gap_hours=_hours(form, "help_gap_hours", errors),
        ask_gap_hours=_hours(form, "ask_gap_hours", errors),
    )
    if errors:
        raise WrongCalendar(errors)
    return setting


def rows(form: MultiDict[str, str]) -> list[Row]:
    """Return the rows of closed days a form holds, as typed."""
    places = range(min(max(len(form.getlist("first")), len(form.getlist("last"))), MOST_ROWS + 1))
    firsts, lasts, yearly = form.getlist("first"), form.getlist("last"), set(form.getlist("yearly"))
    return [
        Row(
            firsts[place].strip() if place < len(firsts) else "",
            lasts[place].strip() if place < len(lasts) else "",
            str(place) in yearly,
        )
        for place in places
    ]


def kept_rows(setting: CalendarSetting, year: int) -> list[Row]:
    """Return the rows of a kept calendar; days of every year are shown in this one."""
    shown = []
    for text in setting.closed_days.split():
        leap = "-02-29" in text and not isleap(year)  # shown in a year that has it
        first, last = text.replace(YEARLY, ANY_LEAP_YEAR if leap else f"{year}-").split("/")
        if last < first:  # over New Year
            last = f"{int(last[:4]) + 1}{last[4:]}"
        shown.append(Row(first, last, text.startswith(YEARLY)))
    return shown


def _clock(form: Mapping[str, str], name: str, errors: dict[str, str]) -> str:
    typed = form.get(name, "").strip()
    if not typed:
        return ""
    hour, _, minute = typed.partition(":")
    minute = minute or "00"
    fits = typed.isascii() and hour.isdigit() and minute.isdigit() and len(hour) <= 2 and len(minute) == 2
    if not fits or int(hour) > 23 or int(minute) > 59:
        errors[name] = f"Give a time of day like 21:00. You entered {typed[:20]}."
        return ""
    return f"{int(hour):02}:{minute}"


def _check_quiet(opens: str, closes: str, errors: dict[str, str]) -> None:
    if bool(opens) != bool(closes):
        errors["quiet_to" if opens else "quiet_from"] = "Quiet hours need both ends, or neither."
    elif opens:
        length = (minute_of(closes) - minute_of(opens)) % DAY
        if length == 0 or length > DAY - LEAST_OPEN:
            errors["quiet_to"] = f"At least 4 hours of a day must stay open. You entered {opens} to {closes}."


def _hours(form: Mapping[str, str], name: str, errors: dict[str, str]) -> int:
    typed = form.get(name, "").strip()
    if typed.isascii() and typed.isdigit() and len(typed) <= 4 and int(typed) <= LONGEST_GAP:
        return int(typed)
    errors[name] = f"Give 0 to {LONGEST_GAP} hours. You entered {typed[:20] or 'nothing'}."
    return 0


def _closed_days(typed: list[Row], errors: dict[str, str]) -> str:
    found: list[str] = []
    if len(typed) > MOST_ROWS:
        errors["closed"] = f"Keep to {MOST_ROWS} rows of closed days."
        return ""
    for place, row in enumerate(typed):
        if not row.first and not row.last:
            continue
        try:
            found.append(_range(row))
        except ValueError as wrong:
            errors[f"closed_{place}"] = str(wrong)
    lengths = {True: 0, False: 0}
    for text in found:
        each = blackout(text)
        lengths[each.yearly] += _length(each.first, each.last, yearly=each.yearly)
    if lengths[False] > MOST_ONCE or lengths[True] > MOST_YEARLY:
        errors["closed"] = "Half of every year must stay open. Take some closed days out."
    return " ".join(dict.fromkeys(found))


def _range(row: Row) -> str:
    """Return one row as it is kept. Raises ValueError with a sentence."""
    try:
        first = date.fromisoformat(row.first)
        last = date.fromisoformat(row.last or row.first)
    except ValueError:
        raise ValueError("Give the first and the last day as dates.") from None
    if not row.yearly and last < first:
        raise ValueError(f"The last day must not be before the first. You entered {first} to {last}.")
    if _length(first, last, yearly=row.yearly) > LONGEST_ROW:
        raise ValueError(f"At most {LONGEST_ROW} days in one row. You entered {first} to {last}.")
    return f"{YEARLY}{first:%m-%d}/{YEARLY}{last:%m-%d}" if row.yearly else f"{first}/{last}"


def _length(first: date, last: date, *, yearly: bool) -> int:
    """Return how many days a range holds; one of every year may run over New Year."""
    if yearly:
        first, last = (date.fromisoformat(f"{ANY_LEAP_YEAR}{each:%m-%d}") for each in (first, last))
        last += timedelta(days=366 if last < first else 0)
    return (last - first).days + 1


def calendar_words(setting: CalendarSetting) -> list[str]:
    """Return what a calendar keeps quiet, a sentence each."""
    told = []
    if setting.quiet_from:
        told.append(f"Nothing but order news leaves from {setting.quiet_from} to {setting.quiet_to}, their time.")
    many = len(setting.closed_days.split())
    if many:
        told.append(f"{counted(many, 'range of days is', 'ranges of days are')} kept free of messages.")
    if setting.holidays_closed:
        told.append("Public holidays where a person lives are kept free of messages.")
    return told or ["Messages leave on every day, each within its own hours."]
