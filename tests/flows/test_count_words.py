"""One is one; everything else is many, with thousands parted."""

import pytest

from app.flows.words.count_words import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 messages"), (1, "1 message"), (2, "2 messages"), (12_345, "12,345 messages")]
)
def test_an_s_is_for_every_number_but_one(number, words):
    assert counted(number, "message") == words


@pytest.mark.parametrize(("number", "words"), [(1, "1 person has"), (2, "2 people have")])
def test_where_an_s_does_not_do_both_are_named(number, words):
    assert counted(number, "person has", "people have") == words
