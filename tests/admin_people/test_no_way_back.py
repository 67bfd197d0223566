"""What ended stays ended: every way that could bring a message back is tried on every end there is."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.customers.merge import CustomersMerged
from app.flows.models import Deed, Did, FollowUp, FollowUpState
from app.flows.planning.by_hand import halt, pause, pause_person, skip
from app.flows.planning.by_hand.again import COME_BACK, leave, plan_again, way_back
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.changed import come_back, restored, retime
from app.flows.planning.runs import look, watch
from app.flows.rules.reasons import Reason
from app.flows.sending.drain import drain
from app.flows.sending.sweep import sweep
from app.kit.events import emit
from app.messages.models import MessageState
from app.messages.outbox import MESSAGE_AFTER
from app.shops.arrive import ShopConnected
from tests.admin.conftest import serve
from tests.admin_people import stories

__all__ = ["serve"]

BY = "user:7"
LEFT = sorted({*MESSAGE_AFTER.values(), MessageState.SENDING} - {MessageState.PLANNED})


@pytest.fixture
def ended(merchant, serve):
    """A thank-you for every end: each reason, and each state a message that was handed over may be in."""
    serve()
    stories.starts(merchant)
    rows = {}
    for reason in Reason:
        order = merchant.order("Ana", placed=0)
        row = stories.row_of(merchant, order, "thank_you").id
        with merchant.work() as session:
            ends = {"state": FollowUpState.DONE, "outcome": "skipped", "reason": reason, "done_at": merchant.now}
            session.execute(update(FollowUp).where(FollowUp.id == row).values(ends))
        rows[reason] = row
    for state in LEFT:
        order = merchant.order("Ana", placed=0)
        stories.sends(merchant, order, "thank_you", state)
        rows[state] = stories.row_of(merchant, order, "thank_you").id
    return rows


def snapshot(merchant):
    columns = (FollowUp.id, FollowUp.state, FollowUp.outcome, FollowUp.reason, FollowUp.done_at, FollowUp.fence)
    rows = merchant.rows(select(*columns, FollowUp.again_at).where(FollowUp.step == "thank_you").order_by(FollowUp.id))
    return [tuple(row) for row in rows]


def working(act):
    """Return an act of a merchant that takes a session."""

    def done(merchant, rows):
        with merchant.work() as session:
            act(session, merchant, rows)

    return done


def each(act):
    return working(lambda session, _, rows: [act(session, row) for row in rows.values()])


def resumed(choice):
    def act(session, merchant, _rows):
        pause.pause_all(session, by=BY)
        pause.resume(session, choice, by=BY)

    return working(act)


def switched(merchant, _rows):
    merchant.post("/flows/thank_you/switch", state="paused")
    merchant.post("/flows/thank_you/switch", state="on", choice="send")


def changed(merchant, _rows):
    answer = merchant.post("/flows/thank_you", state="on", delay_days="1")
    assert answer.status_code == 200


def told(merchant, _rows):
    for (order,) in merchant.rows(select(FollowUp.order_id)):
        merchant.told(order)


def merged(session, merchant, rows):
    first, last = (stories.person_of(merchant, order(merchant, rows, key)) for key in (Reason.STALE, Reason.FAILED))
    emit(session, CustomersMerged(first, last))


def order(merchant, rows, key):
    ((found,),) = merchant.rows(select(FollowUp.order_id).where(FollowUp.id == rows[key]))
    return found


def paused_person(session, merchant, rows):
    person = stories.person_of(merchant, order(merchant, rows, Reason.PAUSED_BY_PERSON))
    pause_person.pause_person(session, person, "7", by=BY)
    pause_person.resume_person(session, person, by=BY)


WAYS = {
    "it is skipped": each(lambda session, row: skip.skip(session, row, by=BY)),
    "its order changes": told,
    "sends are drained": lambda merchant, _: drain(merchant.wired),
    "what hangs is swept": lambda merchant, _: sweep(merchant.wired),
    **{f"a pause ends by {choice}": resumed(choice) for choice in OnResume},
    "its step is switched off and on": switched,
    "its step is changed": changed,
    "runs are looked at": lambda merchant, _: look.run_due(merchant.wired),
    "the calendar is looked at": lambda merchant, _: watch.watch(merchant.wired),
    "zones and holidays are planned by anew": lambda merchant, _: retime.retime_due(merchant.wired),
    "the shop is connected again": working(lambda s, merchant, _: emit(s, ShopConnected(merchant.id))),
    "the shop was read": working(lambda session, merchant, _: come_back.shop_read(session, merchant.now)),
    "a restoration is let go": lambda merchant, _: restored.let_go_on(merchant.wired, log_is_whole=False),
    "a halt is let go": lambda merchant, _: halt.let_go_on(merchant.wired, OnResume.SEND, by=BY),
    "its person pauses and resumes": working(paused_person),
    "its person is merged": working(merged),
}  # fmt: skip


def test_every_way_back_is_tried_on_every_end(merchant, ended):
    before = snapshot(merchant)
    assert len(before) == len(Reason) + len(LEFT)
    for name, way in WAYS.items():
        way(merchant, ended)
        assert snapshot(merchant) == before, name
        merchant.pass_time(minutes=10)
    assert merchant.rows(select(Deed.id)) == []
    only_a_deed_brings_back(merchant, ended, before)


def only_a_deed_brings_back(merchant, ended, before):
    """Press both buttons on every end; `before` is how they stand."""
    with merchant.work() as session:
        assert [key for key, row in ended.items() if leave(session, row, by=BY)] == [MessageState.UNKNOWN]
    assert snapshot(merchant) == before
    for row in ended.values():
        with merchant.work() as session:
            plan_again(session, row, by=BY)
    stood, stand = ({row[0]: row for row in rows} for rows in (before, snapshot(merchant)))
    back = {key: row for key, row in ended.items() if stand[row] != stood[row]}
    assert set(back) == {*COME_BACK, MessageState.UNKNOWN}
    assert {stand[row][1] for row in back.values()} == {FollowUpState.SCHEDULED}
    kinds = dict(merchant.rows(select(Deed.follow_up_id, Deed.kind).where(Deed.kind != Did.LEFT)))
    expected = dict.fromkeys(back.values(), Did.PLANNED_AGAIN) | {back[MessageState.UNKNOWN]: Did.SENT_AGAIN}
    assert kinds == expected


@pytest.mark.parametrize("state", [each for each in FollowUpState if each is not FollowUpState.DONE])
@pytest.mark.parametrize("message", [None, *MessageState])
def test_what_has_not_ended_has_nothing_to_come_back_from(state, message):
    row = FollowUp(state=state, outcome=None, reason=Reason.STALE, expires_at=None, due_at=timedelta())
    assert way_back(row, message) is None
