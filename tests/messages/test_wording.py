from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages.mail import wording

LONDON, TOKYO, BERLIN = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday


def at(month, day, hour=12, year=2026):
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "locale", "said"),
    [
        (at(11, 26), LONDON, "en", "Thursday 26 November"),
        (at(11, 26), LONDON, "en-US", "Thursday, November 26"),
        (at(11, 26), BERLIN, "de", "Donnerstag, 26. November"),
        (at(11, 26), BERLIN, "de-AT", "Donnerstag, 26. November"),
        (at(11, 26, 23), TOKYO, "en", "Friday 27 November"),  # already tomorrow there
        (at(2, 3, year=2027), LONDON, "en", "Wednesday 3 February 2027"),
        (at(11, 26), LONDON, "pt-BR", "Thursday 26 November"),  # no mails in Portuguese yet
    ],
)
def test_days_are_said_as_people_say_them_where_they_live(instant, zone, locale, said):
    assert wording.day(instant, zone, locale, NOW) == said


def test_the_turn_of_the_year_needs_no_year_for_tomorrow():
    assert wording.day(at(1, 2, year=2027), LONDON, "en", at(12, 30)) == "Saturday 2 January"


@pytest.mark.parametrize(
    ("first", "last", "locale", "said"),
    [
        (at(11, 24), at(11, 26), "en", "between Tuesday and Thursday"),
        (at(11, 24), at(11, 26), "de", "zwischen Dienstag und Donnerstag"),
        (at(11, 24), at(11, 24, 20), "en", "on Tuesday 24 November"),
        (at(11, 24), at(11, 24, 20), "de", "am Dienstag, 24. November"),
        # a week ahead "Saturday" would be today: dates instead
        (at(11, 26), at(11, 28), "en", "between Thursday 26 November and Saturday 28 November"),
        (at(12, 29), at(1, 2, year=2027), "en", "between Tuesday 29 December and Saturday 2 January 2027"),
    ],
)
def test_a_range_is_said_by_weekdays_only_where_they_are_unmistakable(first, last, locale, said):
    assert wording.between(first, last, LONDON, locale, NOW) == said


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends"):
        wording.between(at(11, 26), at(11, 24), LONDON, "en", NOW)


@given(
    st.integers(0, 400), st.integers(0, 30), st.sampled_from([LONDON, TOKYO, BERLIN]), st.sampled_from(wording.LOCALES)
)
def test_no_range_is_ever_said_with_a_weekday_that_means_two_days(start, length, zone, locale):
    first = NOW + timedelta(days=start)
    said = wording.between(first, first + timedelta(days=length), zone, locale, NOW)
    assert "UTC" not in said
    assert any(each.isdigit() for each in said) or start + length <= 6


@pytest.mark.parametrize(
    ("first", "last", "locale", "name"),
    [
        ("Ana", "Weber", "en", "Ana"),
        ("Ana", "Weber", "de", "Ana Weber"),
        ("ANA", "O'NEIL", "en", "Ana"),
        ("jean-luc", None, "en", "Jean-Luc"),
        ("McDonald", None, "en", "McDonald"),
        ("大", "佐藤", "en", "大"),
        (None, "Weber", "en", ""),
        (None, "Weber", "de", ""),  # "Vielen Dank, Weber" would be rude
        ("  ", None, "en", ""),
        ("Win 500$ www.spam.example", None, "en", ""),
        ("visit spam.com now", "Weber", "de", ""),
        ("ana@example.com", None, "en", ""),
        ("x" * 60, None, "en", ""),
        ("Ana\x00", None, "en", ""),
    ],
)
def test_people_are_named_by_the_rule_of_the_language_or_not_at_all(first, last, locale, name):
    assert wording.address_name(first, last, locale) == name


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "said"),
    [
        ("14", "GBP", "en-GB", "£14"),
        ("14.50", "GBP", "en-GB", "£14.50"),
        ("1234.00", "USD", "en-US", "$1,234"),
        ("14.5", "EUR", "de", "14,50\xa0€"),
        ("14", "EUR", "de", "14\xa0€"),
        ("1400", "JPY", "ja", "￥1,400"),
        ("14", "GBP", "nonsense", "£14"),
    ],
)
def test_money_is_said_in_its_currency_without_needless_noughts(amount, currency, locale, said):
    assert wording.money(Decimal(amount), currency, locale) == said


@pytest.mark.parametrize(
    ("title", "limit", "short"),
    [
        ("Gooseneck Kettle", 24, "Gooseneck Kettle"),
        ("Gooseneck Kettle - 1 l, steel", 24, "Gooseneck Kettle"),
        ("Gooseneck Kettle (steel)", 24, "Gooseneck Kettle"),
        ("Stovetop Espresso Maker", 20, "Stovetop Espresso…"),
        ("Pour-over Dripper", 24, "Pour-over Dripper"),
        ("Donaudampfschifffahrtskanne", 12, "Donaudampfs…"),
        ("(steel)", 24, "(steel)"),
    ],
)
def test_a_long_title_is_cut_where_a_reader_would(title, limit, short):
    assert wording.short_title(title, limit) == short


@given(st.text(min_size=1, max_size=120), st.integers(8, 60))
def test_a_short_title_fits(title, limit):
    assert len(wording.short_title(title, limit)) <= limit


@pytest.mark.parametrize(
    ("asked", "written"), [("de-AT", "de"), ("de_DE", "de"), ("en-GB", "en"), ("fr", "en"), (None, "en"), ("", "en")]
)
def test_every_shopper_gets_a_language_we_write(asked, written):
    assert wording.mail_locale(asked) == written
