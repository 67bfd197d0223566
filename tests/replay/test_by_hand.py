"""What somebody at the shop pressed about single messages stands in a replay as it stood then."""

import pytest
from sqlalchemy import select

from app.customers.ledger import SUBSCRIBED, Statement
from app.flows.language.forms import flow_document
from app.flows.models import Deed, Did
from app.flows.replay.history.by_hand import ByHand
from app.flows.replay.history.past import Past
from app.flows.replay.replay import as_if, replay
from tests.admin.flow_documents import document, send
from tests.replay.hands import Hands
from tests.replay.played import differences, forget_decisions, left, play, replayed
from tests.replay.test_walk import START, UNTIL, a_flow, an_order, at


def test_a_month_full_of_presses_comes_out_again(fresh):
    play_and_compare(fresh, Hands(fresh, "a", skips=0.3, again=0.5, leaves=0.5, silences=0.4), 4)
    assert {kind for (kind,) in fresh.rows(select(Deed.kind))} == {*Did} - {Did.DROPPED}
    assert max(often for _, often in left(fresh).values()) > 1, "nothing was said twice on purpose"


def play_and_compare(fresh, hands, journeys):
    ticks = play(fresh, journeys, "a", hands=hands)
    forget_decisions(fresh)
    before, (after, told) = left(fresh), replayed(fresh, ticks)
    assert differences(before, after) == []
    assert "skipped_by_merchant" not in {str(getattr(each.verdict, "reason", "")) for each in told}  # no guard says it


def deed(days, did):
    return ByHand(at(days), did, 1, "order", 1, 0, "hello")


def said(*deeds, document=None, expires=10):
    """Return when the mail of the third day goes, in whole days after the start; `document` asks a draft instead."""
    flow = a_flow(hello(days=3, expires=expires), on="placed")
    people = {5: [(START, Statement(SUBSCRIBED, START))]}
    past = Past(1, "Europe/London", [flow], [an_order()], statements=people, by_hand={1: deeds})
    found = replay(as_if(past, document, START) if document is not None else past, UNTIL)
    return [round((each.at - START).total_seconds() / 86_400) if each.sent else each.reason for each in found]


def hello(days, expires=10):
    return send("hello", delay_days=days, max_age_days=expires)


def test_what_was_left_out_by_hand_stays_silent_until_somebody_plans_it_again():
    assert said() == [3]
    assert said(deed(2, Did.SKIPPED)) == []
    assert said(deed(2, Did.SKIPPED), deed(20, Did.PLANNED_AGAIN)) == [20]
    assert said(deed(2, Did.SKIPPED), deed(20, Did.PLANNED_AGAIN), deed(25, Did.PLANNED_AGAIN)) == [20]


@pytest.mark.parametrize("did", [Did.SKIPPED, Did.LEFT, Did.PLANNED_AGAIN, Did.DROPPED])
def test_a_press_finds_nothing_to_do_about_what_has_left(did):
    assert said(deed(5, did)) == [3]


def test_what_may_have_left_leaves_again_when_somebody_said_so():
    assert said(deed(5, Did.SENT_AGAIN)) == [5]
    assert said(deed(5, Did.SENT_AGAIN), deed(9, Did.SENT_AGAIN)) == [9]


def test_a_draft_is_asked_of_a_past_in_which_the_same_was_pressed():
    later = flow_document(document(hello(days=6), on="placed"))
    assert said(document=later) == [6]
    assert said(deed(4, Did.SKIPPED), document=later) == []
    assert said(deed(4, Did.SENT_AGAIN), document=later) == [6]
