"""The mail server's stand-in lets time pass whenever it is waited for."""

from datetime import timedelta
from types import SimpleNamespace

from tests.simulator.post import Poll


def test_waiting_for_a_sliver_of_a_millisecond_takes_one():
    slept = []
    Poll(SimpleNamespace(sleep=slept.append)).poll(0.0002)
    assert slept == [timedelta(milliseconds=1)]
