"""What may have left is sent again, or left, by somebody at the shop alone; what ended unsent is planned again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.models import Deed, Did, FollowUp, FollowUpState
from app.flows.rules.reasons import Reason
from app.flows.sending.drain import drain
from app.messages.hits.apply import apply_hits
from app.messages.models import Attempt, HitInbox, Message, MessageItem, MessageState
from app.messages.signed.links import Purpose, url
from app.orders.models import Order
from tests.admin.conftest import serve
from tests.admin_people import stories
from tests.admin_people.stories import person_of, row_of, words
from tests.admin_people.test_why import why
from tests.channels.scripted_server import DROP

__all__ = ["serve"]

TAKEN = "250 2.0.0 queued"


@pytest.fixture
def doubted(merchant, serve):
    """A thank-you whose receiver fell silent at the final dot, and the server that takes what comes next."""
    sink = serve(dot=[DROP, *[TAKEN] * 9])
    stories.starts(merchant)
    order = merchant.order("Ana", placed=0)
    drain(merchant.wired)
    assert message_of(merchant, order).state is MessageState.UNKNOWN
    return order, sink


def message_of(merchant, order):
    with merchant.work() as session:
        return session.scalars(select(Message).where(Message.shop_id == merchant.id, Message.order_id == order)).one()


def path(merchant, order, step="thank_you", what="again"):
    return f"/follow-ups/{row_of(merchant, order, step).id}/{what}"


def asked(merchant, order, step="thank_you"):
    return words(merchant.fetch(path(merchant, order, step)).text)


def pressed(merchant, order, step="thank_you", what="again"):
    return words(merchant.post(path(merchant, order, step, what)).text)


def deeds(merchant):
    return [tuple(each) for each in merchant.rows(select(Deed.kind, Deed.done_by).order_by(Deed.id))]


def deletes(merchant, order):
    with merchant.work() as session:
        session.get_one(Order, (merchant.id, order)).deleted_at = merchant.now


def test_looking_says_that_it_may_arrive_twice_and_changes_nothing(merchant, doubted):
    order, sink = doubted
    before = row_of(merchant, order, "thank_you")
    told = asked(merchant, order)
    assert "Whether this left is not known. Sent again, Ana may get it twice." in told
    assert "Every rule lets it go now" in told
    assert "Send again" in told
    assert "Leave it" in told
    drain(merchant.wired)
    after = row_of(merchant, order, "thank_you")
    assert (after.state, after.fence, after.due_at) == (before.state, before.fence, before.due_at)
    assert len(sink.delivered) == 1
    assert deeds(merchant) == []


def test_sent_again_is_a_new_attempt_of_the_same_message_and_says_who_wanted_it(merchant, doubted):
    order, sink = doubted
    assert "1 message may or may not have left" in words(merchant.open("/").text)
    assert "Decide" in words(merchant.fetch("/needs/unknown").text)
    assert pressed(merchant, order).strip() == "Planned again: it leaves within a minute."
    assert "nothing to decide" in pressed(merchant, order)  # a second press finds it planned
    drain(merchant.wired)
    drain(merchant.wired)
    first, second = sink.delivered
    names = {line for mail in (first, second) for line in mail.splitlines() if line.lower().startswith(b"message-id")}
    assert len(names) == 1
    tries = merchant.rows(select(Attempt.n, Attempt.state, Attempt.fence).order_by(Attempt.n))
    assert [(n, state) for n, state, _ in tries] == [(1, "unknown"), (2, "accepted")]
    assert tries[0].fence < tries[1].fence
    assert message_of(merchant, order).state is MessageState.ACCEPTED
    assert deeds(merchant) == [(Did.SENT_AGAIN, "user:902541635")]
    assert "a staff member had it sent again, knowing that it may arrive twice" in why(merchant, order, "thank_you")
    assert "may or may not have left" not in words(merchant.open("/").text)


def test_left_as_it_is_it_needs_nobody_any_more(merchant, doubted):
    order, sink = doubted
    assert "Left as it is." in pressed(merchant, order, what="leave")
    drain(merchant.wired)
    assert len(sink.delivered) == 1
    assert deeds(merchant) == [(Did.LEFT, "user:902541635")]
    assert "may or may not have left" not in words(merchant.open("/").text)
    told = why(merchant, order, "thank_you")
    assert "Whether it left is not known" in told
    assert "left it as it is" in told


def test_what_the_rules_stop_is_not_sent_again(merchant, doubted):
    order, sink = doubted
    deletes(merchant, order)
    assert "It would not go: Ana: not sent, order #1401 was deleted" in asked(merchant, order)
    assert "It was not planned again." in pressed(merchant, order)
    drain(merchant.wired)
    assert len(sink.delivered) == 1
    assert row_of(merchant, order, "thank_you").state is FollowUpState.DONE
    assert deeds(merchant) == []


def test_what_the_rules_stop_after_the_press_stays_in_doubt_and_says_both(merchant, doubted):
    order, sink = doubted
    about = merchant.rows(select(MessageItem.item_kind, MessageItem.item_id))
    pressed(merchant, order)
    deletes(merchant, order)
    drain(merchant.wired)
    assert len(sink.delivered) == 1
    assert row_of(merchant, order, "thank_you").reason == Reason.ORDER_DELETED
    assert message_of(merchant, order).state is MessageState.UNKNOWN
    assert merchant.rows(select(MessageItem.item_kind, MessageItem.item_id)) == about
    told = words(merchant.fetch(f"/customers/{person_of(merchant, order)}").text)
    assert "May have left" in told
    assert "Not sent again: Ana: not sent, order #1401 was deleted" in told


def test_put_off_by_the_receiver_it_stays_in_doubt_and_is_tried_on(merchant, serve):
    sink = serve(dot=[DROP, "451 4.7.1 later", TAKEN])
    stories.starts(merchant)
    order = merchant.order("Ana", placed=0)
    drain(merchant.wired)
    pressed(merchant, order)
    drain(merchant.wired)
    assert message_of(merchant, order).state is MessageState.UNKNOWN
    assert row_of(merchant, order, "thank_you").state is FollowUpState.SCHEDULED
    merchant.pass_time(hours=1)
    drain(merchant.wired)
    assert message_of(merchant, order).state is MessageState.ACCEPTED
    assert len(sink.delivered) == 3


@pytest.mark.parametrize(
    "refusal", [{"dot": [DROP, "552 5.3.4 too large", TAKEN]}, {"RCPT": [TAKEN, "552 5.2.2 full"]}]
)
def test_refused_the_second_time_it_may_still_have_left_the_first(merchant, serve, refusal):
    serve(**{"dot": [DROP, TAKEN], **refusal})
    stories.starts(merchant)
    order = merchant.order("Ana", placed=0)
    drain(merchant.wired)
    pressed(merchant, order)
    drain(merchant.wired)
    assert [state for (state,) in merchant.rows(select(Attempt.state).order_by(Attempt.n))] == ["unknown", "rejected"]
    assert message_of(merchant, order).state is MessageState.UNKNOWN
    assert "May have left" in words(merchant.fetch(f"/customers/{person_of(merchant, order)}").text)
    assert "Whether this left is not known. Sent again" in asked(merchant, order)
    assert "Nothing more is tried. Whether it left before that is not known." in why(merchant, order, "thank_you")
    assert "Left as it is." in pressed(merchant, order, what="leave")


def test_an_opened_link_shows_that_it_arrived(merchant, doubted):
    order, _ = doubted
    message = message_of(merchant, order)
    token = url(merchant.wired.config, Purpose.OPEN, merchant.id, message.public_id).rsplit("/", 1)[1]
    with merchant.work() as session:
        traits = {"method": "GET", "agent": "Mozilla/5.0", "part": ""}
        session.add(HitInbox(token=token.removesuffix(".gif"), kind="open", happened_at=merchant.now, traits=traits))
    apply_hits(merchant.wired)
    known = message_of(merchant, order)
    assert (known.state, known.accepted_at) == (MessageState.ACCEPTED, message.sent_at)
    assert "nothing to decide" in pressed(merchant, order)
    assert "may or may not have left" not in words(merchant.open("/").text)


@pytest.fixture
def too_old(merchant, serve):
    """Product help that a pause kept until it was no longer worth sending."""
    sink = serve()
    stories.starts(merchant)
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    merchant.post("/pause")
    merchant.clock["now"] = row_of(merchant, order, "product_help").expires_at + timedelta(minutes=1)
    merchant.post("/resume", choice="send")
    drain(merchant.wired)
    assert row_of(merchant, order, "product_help").reason == Reason.STALE
    sink.delivered.clear()
    return order, sink


def test_what_was_held_until_it_was_too_old_can_be_planned_again(merchant, too_old):
    order, sink = too_old
    assert "Plan again" in words(merchant.fetch("/not-sent").text)
    assert "Planned again, every rule is asked anew. Every rule lets it go now" in asked(
        merchant, order, "product_help"
    )
    pressed(merchant, order, "product_help")
    planned = row_of(merchant, order, "product_help")
    assert planned.expires_at > planned.due_at == merchant.now
    merchant.told(order)  # what a change of the order plans anew does not take it back
    assert row_of(merchant, order, "product_help").due_at == planned.due_at
    drain(merchant.wired)
    assert len(sink.delivered) == 1
    assert deeds(merchant) == [(Did.PLANNED_AGAIN, "user:902541635")]
    assert "a staff member had it planned again" in why(merchant, order, "product_help")


def test_planned_again_it_waits_for_what_any_message_waits_for(merchant, too_old):
    order, sink = too_old
    merchant.post(f"/customers/{person_of(merchant, order)}/pause", days="7")
    told = asked(merchant, order, "product_help")
    assert "It would wait: Messages to Ana are paused by a staff member." in told
    assert "Planned again, and waits: Messages to Ana are paused" in pressed(merchant, order, "product_help")
    drain(merchant.wired)
    assert sink.delivered == []
    row = row_of(merchant, order, "product_help")
    assert (row.state, row.reason) == (FollowUpState.SCHEDULED, Reason.PAUSED_BY_PERSON)


def test_what_never_ended_or_ended_for_good_has_no_way_back(merchant, doubted):
    order, _ = doubted
    pressed(merchant, order)
    drain(merchant.wired)
    assert message_of(merchant, order).state is MessageState.ACCEPTED
    for _ in range(2):
        assert "nothing to decide" in pressed(merchant, order)
        assert "nothing to decide" in pressed(merchant, order, what="leave")
    assert merchant.post("/follow-ups/987654/again").status_code == 404
    assert len(merchant.rows(select(FollowUp.id).where(FollowUp.again_at.is_not(None)))) == 1
