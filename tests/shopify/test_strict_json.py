"""A poisonous body is a reason, never a crash."""

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shopify.payloads import strict_json
from app.shopify.payloads.fault import PayloadError


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "is not JSON"),
        (b"[]", "is not an object"),
        (b"null", "is not an object"),
        (b'"text"', "is not an object"),
        (b'{"a":1,}', "is not JSON"),
        (b'{"a":1} trailing', "is not JSON"),
        (b'{"a":NaN}', "holds NaN"),
        (b'{"a":-Infinity}', "holds -Infinity"),
        (b'{"id":1,"id":2}', "names a field twice"),
        (b'{"a":{"id":1,"id":1}}', "names a field twice"),
        (b'{"a":' + b"9" * 20 + b"}", "holds a number too large for an id"),
        (b'{"a":' + b"9" * 10_000 + b"}", "holds a number too large for an id"),
        (b'{"a":1e99999999999999999999999}', "is not JSON"),
        (b'{"a":"\xff"}', "is not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "is not UTF-8"),
        ('{"a":1}'.encode("utf-16"), "is not UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "is not JSON"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "is nested too deeply"),
        (b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "is nested too deeply"),
        (b'{"a":"' + b"x" * 5_000_000 + b'"}', "is too large"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_poisonous_body_is_named(raw, problem):
    with pytest.raises(PayloadError) as caught:
        strict_json.parse(raw)
    assert (caught.value.field, caught.value.problem) == ("body", problem)


def test_numbers_keep_every_digit():
    assert strict_json.parse(b'{"id": 820982911946154508, "price": 19.990}') == {
        "id": 820982911946154508,
        "price": Decimal("19.990"),
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_an_object_or_a_reason(raw):
    with contextlib.suppress(PayloadError):
        assert isinstance(strict_json.parse(raw), dict)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), anything, max_size=5))
def test_plain_json_comes_out_as_it_went_in(value):
    assert strict_json.parse(json.dumps(value).encode()) == value
