"""The phrases of the signed pages: the same in every language, filled alike, and in the shop's voice."""

import re

import pytest

from app.messages.signed import page_words
from app.reviews.page import page_words as review_words
from app.reviews.page.forms import Fault
from app.reviews.states import HiddenReason, ReviewState

BANNED = re.compile(
    r"hurry|last chance|don.t miss|act now|valued|exclusive|click here|submit|oops|unfortunately|successfully|"
    r"please note|5 stars if|leider|bitte beachten",
    re.IGNORECASE,
)
EVERY = [*page_words.WORDS.values(), *review_words.WORDS.values()]


@pytest.mark.parametrize("words", [page_words.WORDS, review_words.WORDS])
def test_every_language_says_the_same_things(words):
    first, *others = words.values()
    for other in others:
        assert set(other) == set(first)
        for key, phrase in first.items():
            assert set(re.findall(r"{\w+}", phrase)) == set(re.findall(r"{\w+}", other[key])), key


@pytest.mark.parametrize("words", EVERY)
def test_the_voice_is_calm(words):
    for key, phrase in words.items():
        assert not BANNED.search(phrase), key
        assert "!" not in phrase, key
        assert ("Welltimed" in phrase) is (key == "footer"), key


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_fault_state_and_reason_has_its_sentence(locale):
    said = review_words.words(locale)
    for key in [*Fault, *(f"state_{state}" for state in ReviewState), *(f"hidden_{reason}" for reason in HiddenReason)]:
        assert said[key]
