"""Journeys through webhooks that are lost, repeated and shuffled end equal to the shop's truth, each mail said once."""

import pytest

from tests.convergence.run import play

JOURNEYS = 4


@pytest.mark.parametrize("ask_always", [True, False], ids=["asked before every sending", "asked once at the end"])
def test_journeys_end_equal_to_the_truth(fresh, ask_always):
    outcome = play(fresh, JOURNEYS, "small", ask_always=ask_always)
    assert outcome.faults == []
    assert outcome.compared > 50 * JOURNEYS
    assert sum(outcome.lost.values()) > 5 * JOURNEYS
    if ask_always:  # who hears the truth only at the end may have decided either way before: little is demanded then
        assert outcome.judged.must > JOURNEYS
    assert outcome.judged.sent > JOURNEYS
