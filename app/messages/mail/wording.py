"""Dates, names and money as people say them, ready to stand in a mail. Pure; English and German.

Templates get finished words: what is said about time is decided here, in the reader's zone, and nowhere else.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

LOCALES = ("en", "de")  # the languages every preset is written in
WEEKDAY_ALONE_DAYS = 6  # further away, "Tuesday" could be either of two
NAME_MAX_CHARS = 40  # longer ones are advertisements typed into the name field, or mistakes
NOT_A_NAME = re.compile(r"[\d@/\\:<>{}|$€£%*=_]|www\.|\.\w{2,}", re.IGNORECASE)

DAY = {"en": "EEEE d MMMM", "en-US": "EEEE, MMMM d", "de": "EEEE, d. MMMM"}
DAY_WITH_YEAR = {"en": "EEEE d MMMM y", "en-US": "EEEE, MMMM d, y", "de": "EEEE, d. MMMM y"}
WEEKDAY = "EEEE"
ON = {"en": "on {day}", "de": "am {day}"}
BETWEEN = {"en": "between {first} and {last}", "de": "zwischen {first} und {last}"}


def mail_locale(locale: str | None) -> str:
    """Return the language a mail for `locale` ("de-AT", "pt_BR", None) is written in; English if we have no other."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in LOCALES else LOCALES[0]


def day(instant: datetime, zone: ZoneInfo, locale: str, now: datetime) -> str:
    """Return the local day of `instant`, "Thursday 27 November", with the year when it is not this one.

    `locale` may carry a country: Americans put the month first. Both instants are aware.
    """
    local = instant.astimezone(zone).date()
    return _day(local, locale, now.astimezone(zone).date())


def between(first: datetime, last: datetime, zone: ZoneInfo, locale: str, now: datetime) -> str:
    """Return when something is expected: "between Tuesday and Thursday", or with dates when that is not within a week.

    A range of one day is "on Tuesday 25 November". Raise ValueError when it ends before it begins.
    """
    begins, ends = first.astimezone(zone).date(), last.astimezone(zone).date()
    today = now.astimezone(zone).date()
    if ends < begins:
        raise ValueError("a range ends after it begins")
    if begins == ends:
        return ON[mail_locale(locale)].format(day=_day(begins, locale, today))
    near = today < begins and ends <= today + timedelta(days=WEEKDAY_ALONE_DAYS)
    words = [_weekday(each, locale) if near else _day(each, locale, today) for each in (begins, ends)]
    return BETWEEN[mail_locale(locale)].format(first=words[0], last=words[1])


def address_name(first: str | None, last: str | None, locale: str) -> str:
    """Return the name to put after "Thank you", as the language does it; "" when there is none fit to be used.

    English uses the first name, formal German the whole name without guessing Herr or Frau. What looks like an
    advertisement or an address in the name field is not repeated to anybody.
    """
    given, family = _clean(first), _clean(last)
    if mail_locale(locale) == "de" and given and family:
        return f"{given} {family}"
    return given


def money(amount: Decimal, currency: str, locale: str) -> str:
    """Return a price, "£14" or "£14.50": whole amounts without the noughts. `amount` is in major units."""
    babel = _babel(locale)
    if amount == amount.to_integral_value():
        pattern = re.sub(r"[.](0+|#+)", "", babel.currency_formats["standard"].pattern)
        return format_currency(amount, currency, pattern, locale=babel, currency_digits=False)
    return format_currency(amount, currency, locale=babel)


def short_title(title: str, limit: int) -> str:
    """Return a product title fit for a subject line: the part before a dash, bar, comma or bracket, cut at a word."""
    head = re.split(r"\s[-–—|·]\s|\s*[,(\[|]", title.strip(), maxsplit=1)[0].strip() or title.strip()
    if len(head) <= limit:
        return head
    cut = head[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut and head[limit - 1] != " " else cut
    return at_word.rstrip(" -–&,.") + "…"


def _day(each: date, locale: str, today: date) -> str:
    patterns = DAY if each.year == today.year or abs((each - today).days) <= WEEKDAY_ALONE_DAYS else DAY_WITH_YEAR
    american = locale.replace("_", "-").lower() == "en-us"
    return _formatted(each, patterns["en-US" if american else mail_locale(locale)], mail_locale(locale))


def _weekday(each: date, locale: str) -> str:
    return _formatted(each, WEEKDAY, mail_locale(locale))


@lru_cache(maxsize=1024)  # mails sent together speak of the same few days
def _formatted(each: date, pattern: str, locale: str) -> str:
    return format_date(each, pattern, locale=locale)


def _clean(name: str | None) -> str:
    words = " ".join((name or "").split())
    if not words or len(words) > NAME_MAX_CHARS or NOT_A_NAME.search(words) or not words.isprintable():
        return ""
    return words.title() if words.isupper() or words.islower() else words


def _babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(mail_locale(locale))
