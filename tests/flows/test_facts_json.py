"""What is kept of a decision: the same plain values a patient walk would write, and read back the same."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.flows.rules.facts_json import from_json, to_json


class Kind(StrEnum):
    NEWS = "news"
    ASK = "ask"


class Number(Enum):
    ONE = 1


@dataclass(frozen=True, slots=True)
class Inner:
    at: datetime | None
    day: date
    lasts: timedelta
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outer:
    kind: Kind
    number: Number
    inner: tuple[Inner, ...]
    count: int
    share: float
    on: bool = True
    words: str | None = None
    many: int = 3


def walked(value):
    """Write a value step by step."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(map(walked, value))
    if isinstance(value, tuple | list):
        return [walked(each) for each in value]
    if is_dataclass(value):
        told = {field.name: getattr(value, field.name) for field in fields(value)}
        return {field.name: walked(told[field.name]) for field in fields(value) if told[field.name] != field.default}
    return value


ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))])
AT_MOST = timedelta(days=36_525)
INSTANTS = st.tuples(st.timedeltas(-AT_MOST, AT_MOST), ZONES).map(
    lambda told: (datetime(2020, 1, 1, tzinfo=UTC) + told[0]).astimezone(told[1])
)
INNER = st.builds(
    Inner,
    at=st.none() | INSTANTS,
    day=st.dates(),
    lasts=st.timedeltas(timedelta(days=-9), timedelta(days=900)),
    names=st.frozensets(st.text(max_size=5), max_size=4),
)
OUTER = st.builds(
    Outer,
    kind=st.sampled_from(Kind),
    number=st.sampled_from(Number),
    inner=st.lists(INNER, max_size=3).map(tuple),
    count=st.integers(-(2**63), 2**63 - 1),
    share=st.floats(allow_nan=False, allow_infinity=False),
    on=st.booleans(),
    words=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    many=st.integers(0, 4),
)


@given(value=OUTER)
def test_it_is_written_as_a_walk_writes_it_and_read_back_the_same(value):
    written = to_json(value)
    assert written == walked(value)
    assert from_json(Outer, written) == value


def test_a_mapping_is_an_object_whatever_its_kind():
    assert to_json(MappingProxyType({"a": Kind.ASK, "b": (1, None)})) == {"a": "ask", "b": [1, None]}


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", lambda: 1])
def test_what_has_no_plain_form_is_refused(value):
    with pytest.raises(TypeError):
        to_json({"a": value})
