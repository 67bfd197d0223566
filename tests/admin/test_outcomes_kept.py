"""What receivers answered is kept, whoever writes beside it: lost, it would be unknown for good."""

from dataclasses import replace

from sqlalchemy import text

from app.flows.planning.by_hand.start import Choice, start
from app.flows.sending import drain, steer
from app.messages.models import AttemptState
from tests.admin.refused import reached, sending_held_at_its_group, tries
from tests.colliding import colliding


def started(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    return merchant


def test_what_became_of_a_message_is_kept_after_its_follow_up_is_locked(merchant, serve, wired, monkeypatch):
    """Whoever has a follow-up may write to its message: recorded the other way round, the answers of a whole group
    were lost to a deadlock."""
    shop = started(merchant)
    serve(RCPT="450 4.2.1 busy")
    shop.order("Ana", placed=0)
    with sending_held_at_its_group(shop, wired, monkeypatch) as (hand, go), shop.work() as session:
        session.execute(text("select from follow_up for update"))
        assert reached(session, hand, go) == (1, 1)
    assert tries(shop) == [AttemptState.DEFERRED]


def test_answers_whose_recording_collided_are_recorded_anew(merchant, serve, wired, monkeypatch):
    shop = started(merchant)
    serve()
    shop.order("Ana", placed=0)
    collide = colliding(times=2)

    def settle(session, outcomes):
        collide(session)
        steer.STEERING.settle(session, outcomes)

    monkeypatch.setattr(drain, "STEERING", replace(steer.STEERING, settle=settle))
    drain.drain(wired)
    assert tries(shop) == [AttemptState.ACCEPTED]
