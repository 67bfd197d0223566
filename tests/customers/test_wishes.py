"""Of several choices about one topic the latest holds; what is about everything optional is read beside them."""

from datetime import timedelta

import pytest

from app.customers.models import Customer, Preference
from app.customers.wishes import Wishes, wishes


@pytest.fixture
def read(merchant):
    """Return what a person of these choices wishes: (topic, value, minutes from now), told in this order."""

    def read(*choices):
        with merchant.work() as session:
            ana, bela = Customer(shop_id=merchant.id), Customer(shop_id=merchant.id)
            session.add_all([ana, bela])
            session.flush()
            for topic, value, minutes in choices:
                at = merchant.now + timedelta(minutes=minutes)
                until = at + timedelta(days=7) if value == "paused" else None
                session.add(
                    Preference(
                        shop_id=merchant.id, customer_id=ana.id, topic=topic, value=value, until=until,
                        source="our_link", happened_at=at,
                    )
                )  # fmt: skip
                session.flush()
            found = wishes(session, [ana.id, bela.id])
            assert found[bela.id] == Wishes()
            return found[ana.id]

    return read


def test_a_topic_switched_off_and_on_again_is_on(read):
    assert read(("shipping", "off", 0), ("review_ask", "off", 0)).topics_off == {"shipping", "review_ask"}
    assert read(("shipping", "off", 0), ("shipping", "on", 1)).topics_off == frozenset()
    assert read(("shipping", "on", 1), ("shipping", "off", 0)).topics_off == frozenset()
    assert read(("shipping", "off", 0), ("shipping", "on", 0)).topics_off == frozenset(), "told later, holds"


def test_everything_is_off_and_paused_each_by_itself(read, merchant):
    assert read(("all", "off", 3)) == Wishes(off_since=merchant.now + timedelta(minutes=3))
    week = merchant.now + timedelta(days=7)
    both = Wishes(paused_until=week, paused_by="our_link", off_since=merchant.now - timedelta(minutes=1))
    assert read(("all", "off", -1), ("all", "paused", 0)) == both, "a pause does not take an unsubscribe back"
    assert read(("all", "paused", 0), ("all", "resumed", 1)) == Wishes()
    assert read(("all", "off", -1), ("all", "resumed", 1)) == Wishes(off_since=both.off_since)
    assert read(("all", "off", -1), ("all", "paused", 0), ("all", "on", 1)) == Wishes()


def test_a_choice_about_everything_leaves_the_single_topics_as_they_were(read):
    assert read(("review_ask", "off", 0), ("all", "on", 1)).topics_off == {"review_ask"}


def test_only_everything_at_once_is_paused(read):
    assert read(("shipping", "paused", 0)) == Wishes()
