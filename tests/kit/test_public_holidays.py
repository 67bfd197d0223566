"""Which days are public holidays where somebody lives."""

from datetime import date

import pytest

from app.kit.public_holidays import between, rest_days


@pytest.mark.parametrize(
    ("country", "province", "day", "is_holiday"),
    [
        ("JP", "JP-13", date(2026, 11, 23), True),  # Labour Thanksgiving Day; Japan's provinces have none of their own
        ("jp", None, date(2026, 11, 24), False),
        ("DE", "DE-BY", date(2026, 1, 6), True),  # Epiphany is Bavaria's and two others'
        ("DE", "BE", date(2026, 1, 6), False),
        ("DE", None, date(2026, 10, 3), True),
        ("GB", "SCT", date(2026, 11, 30), True),
        ("GB", "ENG", date(2026, 11, 30), False),
        ("US", "CA", date(2026, 11, 26), True),
        ("US", "ZZ", date(2026, 11, 26), True),  # an unknown state has the country's
        ("XX", None, date(2026, 12, 25), False),
        (None, None, date(2026, 12, 25), False),
    ],
)
def test_holidays_go_by_country_and_province(country, province, day, is_holiday):
    assert (day in rest_days(country, province, day.year).holidays) is is_holiday


def test_a_weekend_is_the_countrys_own_and_some_of_it_is_worked():
    assert rest_days("EG", None, 2026).weekend == {4, 5}
    assert rest_days("DE", None, 2026).weekend == {5, 6}
    assert rest_days("CN", None, 2026).worked  # exchanged for days of the long holidays


def test_a_range_holds_both_its_ends_and_runs_over_new_year():
    found = between("DE", None, date(2026, 12, 25), date(2027, 1, 1))
    assert found.holidays == {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}


def test_a_year_whose_moving_feasts_nobody_has_worked_out_yet_has_the_others():
    for year in (2000, 2040):
        assert date(year, 1, 26) in rest_days("IN", None, year).holidays
