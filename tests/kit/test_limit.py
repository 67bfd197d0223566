"""A thing may happen so often and no oftener, for each key by itself."""

import pytest

from app.kit import limit
from app.kit.limit import Limit


@pytest.fixture
def clock(monkeypatch):
    told = [100.0]
    monkeypatch.setattr(limit.time, "monotonic", lambda: told[0])
    return told


def test_so_often_and_no_oftener(clock):
    two = Limit(2, 60)
    assert [two.take("a"), two.take("a"), two.take("a")] == [True, True, False]


def test_each_key_counts_for_itself(clock):
    one = Limit(1, 60)
    assert [one.take("a"), one.take("b"), one.take("a")] == [True, True, False]


def test_what_happened_long_enough_ago_no_longer_counts(clock):
    two = Limit(2, 60)
    assert two.take("a")
    clock[0] += 59
    assert two.take("a")
    assert not two.take("a")
    clock[0] += 1
    assert two.take("a")
    assert not two.take("a")


def test_memory_is_bounded(clock, monkeypatch):
    monkeypatch.setattr(limit, "MOST_KEYS", 10)
    one = Limit(1, 60)
    for key in range(100):
        one.take(key)
    assert len(one._lately) <= 11
