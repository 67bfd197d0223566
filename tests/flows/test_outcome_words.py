"""Whatever state a message is in, the pages have words for it."""

import pytest

from app.flows.words.decided.outcome_words import BADGES, outcome_words
from app.messages.models import MessageState


def test_every_state_has_a_badge_and_no_badge_is_for_no_state():
    assert set(BADGES) == set(MessageState)


@pytest.mark.parametrize("state", [state for state in MessageState if state is not MessageState.PLANNED])
def test_every_state_past_planning_is_a_sentence(state):
    assert outcome_words(state).endswith(".")


def test_what_may_have_left_says_so_and_that_it_is_not_repeated():
    words = outcome_words(MessageState.UNKNOWN)
    assert "Whether it left is not known" in words
    assert "never sent twice by itself" in words
