"""People kept out on purpose: always the same ones, each with the time of what they would have had."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import integers
from sqlalchemy import delete, select, update

from app.experiments import hold_out
from app.experiments.models import Exposure, Holdout
from app.flows.models import FollowUp
from app.flows.sending import drain
from app.kit.clock import business_now
from app.messages.models import Message
from tests.guard.crowd import asked_of


@given(integers(1, 10**9), integers(1, 10**6), integers(0, 50))
def test_who_is_kept_out_stays_out_while_the_share_grows(customer, shop, percent):
    held = hold_out.is_held("shop", shop, customer, percent)
    assert hold_out.is_held("shop", shop, customer, percent) is held
    if held:
        assert hold_out.is_held("shop", shop, customer, min(50, percent + 1))
    assert not hold_out.is_held("shop", shop, customer, 0)


def test_a_tenth_is_a_tenth_and_two_flows_keep_others_out():
    people = range(20_000)
    one = {each for each in people if hold_out.is_held("flow.parcel", 7, each, 10)}
    other = {each for each in people if hold_out.is_held("flow.win_back", 7, each, 10)}
    assert 0.09 < len(one) / len(people) < 0.11
    assert 0.005 < len(one & other) / len(people) < 0.016  # by chance alone


def test_a_holdout_is_logged_with_the_time_it_would_have_gone_and_both_arms_are_known(wired, started, sink):
    with started.work() as session:
        hold_out.set_share(session, "flow.parcel", 50, business_now(session))
    asked_of(started, 24, 1)
    while drain.drain(wired):
        pass
    kept = started.rows(select(Holdout.customer_id, Holdout.would_send_at, Holdout.key, FollowUp.reason).join(
        FollowUp, (FollowUp.shop_id == Holdout.shop_id) & (FollowUp.id == Holdout.follow_up_id)))  # fmt: skip
    sent = started.rows(select(Message.customer_id).where(Message.sent_at.is_not(None)))
    assert len(sink.delivered) == len(sent) == 24 - len(kept)
    assert 4 <= len(kept) <= 20
    assert {(row.key, row.reason) for row in kept} == {("flow.parcel", "holdout")}
    with started.work() as session:
        now = business_now(session)
    assert all(abs(row.would_send_at - now) < timedelta(hours=1) for row in kept)
    mine = select(hold_out.Experiment.id).where(hold_out.Experiment.key == "holdout.flow.parcel")
    seen = started.rows(select(Exposure.customer_id, Exposure.arm).where(Exposure.experiment_id.in_(mine)))
    arms = {row.customer_id: row.arm for row in seen}
    assert arms == {row.customer_id: "held" for row in kept} | {row.customer_id: "sent" for row in sent}


def test_nobody_is_kept_out_of_what_is_part_of_the_sale(wired, started, sink):
    with started.work() as session:
        hold_out.set_share(session, "shop", 50, business_now(session))
    asked_of(started, 12, 1)
    with started.work() as session:  # the same people, told that their parcel arrived
        session.execute(delete(Message))
        session.execute(update(FollowUp).values(step="product_help"))
    while drain.drain(wired):
        pass
    assert len(sink.delivered) == 12


@pytest.mark.parametrize("percent", [-1, 51, 100])
def test_a_share_beyond_half_is_refused(started, percent):
    with started.work() as session, pytest.raises(ValueError, match="0 to 50"):
        hold_out.set_share(session, "shop", percent, business_now(session))
