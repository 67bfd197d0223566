"""One job serves every kind of work of its queue, none of which may starve behind another."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from app.kit import jobs, runtime


class Kind:
    """A kind of work that takes some seconds of a clock, and may fail."""

    def __init__(self, name, clock, seconds, fault=None):
        self.queue, self.doer, self.clock, self.seconds, self.fault = "bulk", name, clock, seconds, fault
        self.waits = True

    def waiting(self, _session):
        return self.waits

    def do(self, _):
        self.clock["now"] += self.seconds
        self.clock["done"].append(self.doer)
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def clock(monkeypatch):
    told = {"now": 1_000.0, "done": []}
    monkeypatch.setattr("app.kit.jobs.time", SimpleNamespace(monotonic=lambda: told["now"]))
    return told


@contextmanager
def asking(*_, **__):
    yield None


def serve(monkeypatch, *kinds):
    other = SimpleNamespace(queue="sends", do=lambda _: pytest.fail("another queue's work"))
    monkeypatch.setattr(jobs, "unit_of_work", asking)
    monkeypatch.setattr(runtime, "current", lambda: SimpleNamespace(work=[*kinds, other]))
    jobs.look("bulk")


def test_all_is_done_where_it_is_little(monkeypatch, clock):
    serve(monkeypatch, *(Kind(name, clock, 1) for name in "abcd"))
    assert sorted(clock["done"]) == list("abcd")


def test_a_job_ends_before_rq_would_end_it_and_the_next_begins_elsewhere(monkeypatch, clock):
    seen = set()
    for _ in range(8):
        before = clock["now"]
        clock["done"].clear()
        serve(monkeypatch, *(Kind(name, clock, 40) for name in "abcdefg"))
        assert clock["now"] - before <= 90
        seen |= set(clock["done"])
        clock["now"] += 1
    assert seen == set("abcdefg")


def test_a_failure_is_told_after_the_others_had_their_turn(monkeypatch, clock):
    kinds = [Kind("a", clock, 1, ValueError("no")), Kind("b", clock, 1)]
    with pytest.raises(jobs.LookFailed, match="a: ValueError"):
        serve(monkeypatch, *kinds)
    assert sorted(clock["done"]) == ["a", "b"]


def test_what_waits_for_nothing_is_left_alone(monkeypatch, clock):
    kinds = [Kind(name, clock, 1) for name in "abc"]
    kinds[1].waits = False
    serve(monkeypatch, *kinds)
    assert sorted(clock["done"]) == ["a", "c"]


def test_a_database_that_cannot_say_what_waits_is_told_without_its_words(monkeypatch, clock):
    kinds = [Kind(name, clock, 1) for name in "ab"]
    kinds[0].waiting = kinds[1].waiting = broken
    with pytest.raises(jobs.LookFailed) as told:
        serve(monkeypatch, *kinds)
    assert "OperationalError" in str(told.value)
    assert told.value.__context__ is None
    assert clock["done"] == []


def broken(_session):
    raise OperationalError("select", {}, Exception("somebody@example.com"))
