"""One address, however it was typed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.customers.address import address_hash, normalise


@pytest.mark.parametrize("typed", ["ana@example.com", " Ana@Example.com", "ANA@EXAMPLE.COM\n"])
def test_case_and_space_do_not_make_another_person(typed):
    assert normalise(typed) == "ana@example.com"
    assert address_hash(typed) == hashlib.sha256(b"ana@example.com").hexdigest()


@pytest.mark.parametrize("typed", [None, "", "  "])
def test_no_address_is_none(typed):
    assert normalise(typed) is None


@given(st.text())
def test_spelling_an_address_twice_changes_nothing(typed):
    assert normalise(normalise(typed)) == normalise(typed)
