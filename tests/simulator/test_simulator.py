"""A few seeds on a virtual clock: nothing lost, nothing twice, nothing silent, and the same seed plays the same."""

import pytest

from tests.simulator.run import play
from tests.simulator.servers import servers

FEW = 3


@pytest.fixture(scope="module")
def running():
    with servers() as made:
        yield made


def test_a_seed_without_trouble_says_everything_once(running):
    outcome = play(running, 1, FEW, only=())
    assert outcome.violations == []
    assert outcome.dealt.total() == 0
    assert outcome.unknown == 0
    assert set(outcome.said) == {"thank_you", "shipped", "delivered", "product_help", "review_request"}


def test_a_seed_full_of_trouble_breaks_no_law_and_plays_the_same_again(running):
    first, again = (play(running, 3, FEW) for _ in range(2))
    assert first.violations == []
    assert first.dealt.total() >= 3
    assert (first.dealt, first.said, first.turns) == (again.dealt, again.said, again.turns)
