"""The closed list of reasons: every one has its sentence, and each sentence says a fact and what would change it."""

import re

import pytest

from app.flows.rules.reason_sentences import SENTENCES
from app.flows.rules.reasons import Reason
from app.flows.runs.entry import Outside
from app.flows.words.described.entry_words import ENDED, FILTERED, RUNNING, WORDS

BANNED = re.compile(r"\b(please|successfully|unfortunately|oops|simply|error|invalid|null|awesome)\b|!", re.IGNORECASE)
# Ends that nothing changes: what is done, gone or over. Their sentences are the fact alone.
OVER = {
    *("already_sent", "stale", "overtaken", "overtaken/moved_on", "order_cancelled", "order_deleted", "order_fraud"),
    *("order_voided", "order_refunded", "items_refunded", "items_returned", "items_removed", "nothing_to_ship"),
    *("gift_card", "nothing_left", "already_reviewed", "already_reordered", "delivery_unconfirmed", "no_address"),
    *("dropped_on_resume", "skipped_by_merchant", "before_start", "exited", "goal_reached", "step_gone", "profile"),
    *("no_basis", "no_basis/unknown_country", "no_basis/promotion", "no_basis/expired", "merged", "merged/twice"),
    *("already_sent/together", "together", "subscription_renewal"),
}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason):
    assert reason.value in SENTENCES


def test_every_sentence_belongs_to_a_reason():
    assert {key.partition("/")[0] for key in SENTENCES} == {reason.value for reason in Reason}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_is_plain_and_says_what_would_change_it(key):
    text = SENTENCES[key]
    assert text.endswith(".")
    assert not BANNED.search(text)
    assert text[0] == "{" or text[0].isupper()
    told = {"continues", "settings", "only", "until", "by", "after", "again", "gets", "goes", "never", "nothing"}
    told |= {"those", "switch"}
    changes = told & set(re.findall(r"[a-z]+", text.lower()))
    assert changes or "{until}" in text or "when" in text or "would" in text.lower() or key in OVER, text


@pytest.mark.parametrize("text", [*WORDS.values(), FILTERED, ENDED, RUNNING])
def test_why_an_order_is_in_no_flow_is_said_as_plainly(text):
    assert text.endswith(".")
    assert not BANNED.search(text)
    assert set(WORDS) == set(Outside)
