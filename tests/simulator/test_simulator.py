"""A few seeds on a virtual clock: nothing lost, nothing twice, nothing silent, and all of it the same again."""

import pytest

from tests.simulator.plots import Plot
from tests.simulator.run import play
from tests.simulator.servers import servers

FEW, FEWER = 3, 2


@pytest.fixture(scope="module")
def running():
    with servers() as made:
        yield made


def test_a_seed_without_trouble_says_everything_once(running):
    outcome = play(running, 1, plot=Plot(orders=FEW))
    assert outcome.violations == []
    assert outcome.dealt.total() == 0
    assert outcome.unknown == 0
    assert set(outcome.said) == {"thank_you", "shipped", "delivered", "product_help", "review_request"}


def test_a_seed_full_of_trouble_breaks_no_law_and_is_the_same_again(running):
    outcome = play(running, 3, FEWER)
    assert outcome.violations == []
    assert outcome.dealt.total() >= 3
    again = play(running, 3, FEWER)
    assert (again.journal, again.dealt, again.turns) == (outcome.journal, outcome.dealt, outcome.turns)
