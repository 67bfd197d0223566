"""A message kept with a class or topic that publishing refuses: it reaches nobody, says so, and can be switched off."""

import html

import pytest
from sqlalchemy import select, update

from app.flows.language.forms import WrongFlow
from app.flows.models import Flow, FlowState, FlowVersion
from app.flows.planning.by_hand.edit import foresee, save_step
from app.flows.rules.reasons import Reason
from app.flows.sending.drain import drain
from tests.admin.flow_documents import keep, running, send
from tests.admin_people import stories

ASK = {
    "template": "review_request", "topic": "review_ask", "message_class": "review_ask", "anchor": "delivered",
    "arrival": "likely", "delay_days": 3, "fallback_days": 20, "max_age_days": 30,
    "goal": "The next buyer reads it.",
}  # fmt: skip
CLASS = "Its flow gives it the message class transactional, which for a message under the topic review_ask must be"
TOPIC = "Its flow sends it under the topic order, and its mail goes under review_ask alone"
KEPT = [
    ({"message_class": "transactional"}, "message_class", CLASS),
    ({"topic": "order", "message_class": "transactional"}, "topic", TOPIC),
]


def kept_on(merchant, changes):
    """Keep a flow with such a message, and have it run, as it did before the rule."""
    keep(merchant, send("ask", **ASK | changes))
    with merchant.work() as session:
        session.execute(
            update(Flow)
            .where(Flow.key == "care")
            .values(state=FlowState.RUNNING, started_at=merchant.now, include_from=merchant.now)
        )
    merchant.pass_time(minutes=1)


def asked(merchant):
    order = merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=3, minutes=10)
    for _ in range(2):
        drain(merchant.wired)
    return order


@pytest.mark.parametrize(("changes", "field", "fact"), KEPT)
def test_it_reaches_nobody_and_says_why(merchant, serve, changes, field, fact):
    sink = serve()
    kept_on(merchant, changes)
    order = asked(merchant)
    assert sink.delivered == []
    row = stories.row_of(merchant, order, "ask")
    assert (row.outcome, row.reason) == ("skipped", Reason.NO_BASIS)
    told = html.unescape(merchant.fetch(f"/follow-ups/{row.id}/why").text)
    assert f"Ana: not sent. {fact}" in told
    assert "Right the flow, and the next one goes." in told


def test_the_same_ask_of_its_own_class_goes(merchant, serve):
    sink = serve()
    running(merchant, send("ask", **ASK))
    merchant.pass_time(minutes=1)
    asked(merchant)
    assert len(sink.delivered) == 1


@pytest.mark.parametrize(("changes", "field", "fact"), KEPT)
def test_its_page_says_so_and_saves_nothing_but_off(merchant, changes, field, fact):
    kept_on(merchant, changes)
    page = merchant.fetch("/flows/ask").text
    assert "This message reaches nobody" in page
    assert fact in page
    answer = merchant.post("/flows/ask", delay_days="5", delay_hours="0", delay_minutes="0")
    assert answer.status_code == 422
    assert "Nothing was saved. This message reaches nobody" in answer.text
    assert versions(merchant) == 1
    assert merchant.post("/flows/ask/switch", state="paused").status_code == 200
    assert versions(merchant) == 2
    refused = merchant.post("/flows/ask/switch", state="on")
    assert refused.status_code == 422
    assert "review_ask" in refused.text
    assert versions(merchant) == 2


@pytest.mark.parametrize(("changes", "field", "fact"), KEPT)
def test_a_right_message_is_not_changed_to_such_a_one(merchant, changes, field, fact):
    running(merchant, send("ask", **ASK))
    for state in ("on", "paused"):
        for ask in (foresee, lambda *given: save_step(*given, by="user:7")):
            with merchant.work() as session, pytest.raises(WrongFlow) as wrong:
                ask(session, "ask", changes | {"state": state})
            assert f"steps.ask.{field}" in wrong.value.errors
    assert versions(merchant) == 1


def versions(merchant):
    return len(
        merchant.rows(select(FlowVersion.id).join(Flow, Flow.id == FlowVersion.flow_id).where(Flow.key == "care"))
    )
