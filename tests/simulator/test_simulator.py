"""A few seeds on a virtual clock: nothing lost, nothing twice, nothing silent, and all of it the same again."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.simulator import speak
from tests.simulator.opening import BEGINNING
from tests.simulator.plots import Plot
from tests.simulator.post import Post
from tests.simulator.run import play
from tests.simulator.servers import servers
from tests.simulator.shopify import Shopify
from tests.simulator.stage import stage
from tests.simulator.world import World

FEW, FEWER = 3, 2


@pytest.fixture(scope="module")
def running():
    with servers() as made:
        yield made


def test_a_seed_without_trouble_says_everything_once(running):
    outcome = play(running, 1, plot=Plot(orders=FEW))
    assert outcome.violations == []
    assert outcome.dealt.total() == 0
    assert outcome.unknown == 0
    assert set(outcome.said) == {"thank_you", "shipped", "delivered", "product_help", "review_request"}


def test_a_seed_full_of_trouble_breaks_no_law_and_is_the_same_again(running):
    outcome = play(running, 3, FEWER)
    assert outcome.violations == []
    assert outcome.dealt.total() >= 3
    again = play(running, 3, FEWER)
    assert (again.journal, again.dealt, again.turns) == (outcome.journal, outcome.dealt, outcome.turns)


def test_a_process_that_dies_takes_no_connection_with_it_that_another_uses_by_now(running):
    def make_shopify(hub, fates):
        return Shopify(hub, World(speak, None), fates)

    with stage(running, 1, BEGINNING, Plot().fates, make_shopify, Post) as on:
        on.hub.switching = 0
        backends = {}

        def use(name, *, minutes_amid):
            with on.wired.engines.app.connect() as connection:
                backends[name] = connection.scalar(text("select pg_backend_pid()"))
                on.hub.sleep(timedelta(minutes=minutes_amid))
                return connection.scalar(text("select 7"))

        def first():
            use("first", minutes_amid=0)
            on.hub.sleep(timedelta(minutes=1))

        dying = on.run("first", first)
        on.hub.run_ready()
        living = on.run("second", lambda: use("second", minutes_amid=0.1))
        on.hub.run_ready()
        on.hub.kill(dying.process)
        on.hub.move(BEGINNING + timedelta(minutes=2))
        on.hub.run_ready()

        assert backends["second"] == backends["first"], "the pool gave both the same connection"
        assert (living.result, living.fault, on.faults) == (7, None, [])
