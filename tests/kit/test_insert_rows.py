"""Rows go into the database as they are, whatever words are in them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.rows.insert_rows import array_text

ODD = ["", "NULL", "null", '"', "\\", '\\"', "{}", "a,b", " ", "\n\r\t", "'", "%s", "é 🏺", "\u2028"]
WORDS = st.none() | st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NOW = datetime(2026, 11, 20, 10, 30, 5, 120, UTC)


def back(session, kind, values):
    return session.exec_driver_sql(f"select %(it)s::{kind}[]", {"it": array_text(values)}).scalar_one()


@pytest.fixture
def session(wired):
    with wired.engines.app.connect() as connection:
        yield connection


def test_words_come_back_as_they_went(session):

    @given(st.lists(WORDS))
    def words(values):
        assert back(session, "text", values) == values

    words()


def test_numbers_instants_and_truths_come_back_as_they_went(session):
    east = datetime(2026, 11, 20, 1, 2, tzinfo=timezone(timedelta(hours=9)))
    assert back(session, "bigint", [1, None, -(2**40)]) == [1, None, -(2**40)]
    assert back(session, "float8", [0.1, 2, 1e300]) == [0.1, 2, 1e300]
    assert back(session, "boolean", [True, None, False]) == [True, None, False]
    assert back(session, "timestamptz", [NOW, None, east]) == [NOW, None, east]
    assert back(session, "int", []) == []


def test_what_is_the_same_in_all_rows_comes_back_in_each(session):
    assert back(session, "text", ['a "b", c'] * 3) == ['a "b", c'] * 3
    assert back(session, "bigint", [None, None]) == [None, None]
    assert back(session, "timestamptz", [NOW] * 2) == [NOW] * 2
