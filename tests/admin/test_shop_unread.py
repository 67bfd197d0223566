"""What is due before a shop was ever read waits until its name is known."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import make_transient

from app.flows.models import FollowUpState
from app.flows.planning.by_hand.start import Choice, start
from app.flows.sending import drain
from app.shops.models import ShopProfile
from tests.admin.refused import tries


@pytest.fixture
def unread(merchant, serve):
    """A started shop of which nothing is known but its orders; what its profile will be."""
    serve()
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
        profile = session.scalars(select(ShopProfile)).one()
        session.execute(delete(ShopProfile))
        make_transient(profile)
        profile.id = None
    return merchant, profile


def test_a_message_goes_once_its_shop_was_read(unread, wired):
    shop, profile = unread
    shop.order("Ana", placed=0)
    for _ in range(8):  # more often than what fails is tried
        drain.drain(wired)
        shop.pass_time(minutes=16)
    (row,) = shop.plans().values()
    assert (row.state, row.reason, tries(shop)) == (FollowUpState.SCHEDULED, None, [])
    with shop.work() as session:
        session.add(profile)
    drain.drain(wired)
    assert [state.value for state in tries(shop)] == ["accepted"]


def test_one_that_is_never_read_lets_it_grow_too_old_and_says_so(unread, wired):
    shop, _ = unread
    shop.order("Ana", placed=0)
    drain.drain(wired)
    shop.clock["now"] += timedelta(days=3)
    drain.drain(wired)
    (row,) = shop.plans().values()
    assert (row.state, row.reason, tries(shop)) == (FollowUpState.DONE, "stale", [])
