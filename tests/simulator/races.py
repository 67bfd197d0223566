"""Unsubscribe against hand-off, statement by statement: who commits first wins, in every order the dice can think of.

The same people are asked again and again: between two rounds what was sent and what was stopped is wiped away, so that
a round costs one hand-off and one unsubscribe each. `python -m tests.simulator.races FIRST-LAST` plays rounds by seed.
"""

import contextlib
import json
import os
import sys
from collections import Counter
from datetime import timedelta
from functools import partial
from random import Random

if __name__ == "__main__" and os.environ.get("PYTHONHASHSEED") != "0":
    words = [sys.executable, "-m", "tests.simulator.races", *sys.argv[1:]]
    os.execve(sys.executable, words, os.environ | {"PYTHONHASHSEED": "0"})

import psycopg
import pytest

from app.kit import jobs
from app.kit.queue import SENDS
from tests.simulator import speak
from tests.simulator.opening import BEGINNING, SHOPS, populate, settle
from tests.simulator.plots import Plot
from tests.simulator.post import Post
from tests.simulator.run import Play, unsubscribe_link
from tests.simulator.servers import servers
from tests.simulator.shopify import Shopify
from tests.simulator.stage import commit_in, stage
from tests.simulator.world import World

PEOPLE = 40
FIRST_GUESS = 100  # statements of a hand-off, until one was counted
STEP = "review_request"
# Noon in London: nobody waits for an hour.
AGAIN = f"""
    delete from suppression; delete from consent_entry where state = 'unsubscribed'; delete from preference;
    delete from message_event; delete from exposure;
    delete from attempt using message m where m.shop_id = attempt.shop_id and m.id = message_id and m.step = '{STEP}';
    delete from message_item where step = '{STEP}';
    delete from message where step = '{STEP}';
    delete from decision;
    update shop_lease set lease_until = null;
    update follow_up set state = 'scheduled', outcome = null, reason = null, message_id = null, done_at = null,
        lease_until = null, attempts = 0, failures = 0, postponed_until = null, due_at = simulated.now(),
        expires_at = simulated.now() + interval '9 days' where step = '{STEP}';
"""
STOPPED = "select address_hash from suppression"
HANDED = f"""select encode(sha256(convert_to(m.recipient, 'UTF8')), 'hex')
    from attempt a join message m on m.shop_id = a.shop_id and m.id = a.message_id
    where m.step = '{STEP}' and a.handoff_at is not null"""


class Watch:
    """Number every commit, and note with which each stop and each hand-off was there."""

    def __init__(self, on):
        self.on, self.commits, self.stopped, self.handed = on, 0, {}, {}
        self.statements = FIRST_GUESS  # a hand-off took, the last time

    def commit(self, connection):
        """Commit, and look what is there now."""
        self.on.commit(connection)
        self.commits += 1
        for query, seen in ((STOPPED, self.stopped), (HANDED, self.handed)):
            for (whom,) in self.on.monitor.execute(query):
                seen.setdefault(whom, self.commits)


def rounds(running, seeds):
    """Play one round per seed; return how many people raced, how many were sent to, and who was sent to too late."""
    sums, late = Counter(), []
    with prepared(running) as (on, links), pytest.MonkeyPatch.context() as patch:
        watch = Watch(on)
        patch.setattr(psycopg.Connection, "commit", commit_in(watch))
        for seed in seeds:
            sums.update(rounds=1, raced=len(links), sent=one_round(on, links, watch, Random(seed)))
            for whom, at in watch.handed.items():
                if watch.stopped.get(whom, at + 1) < at:
                    late.append(f"seed {seed}: handed off at commit {at}, stopped at commit {watch.stopped[whom]}")
    return {**sums, "late": late}


def one_round(on, links, watch, dice):
    """Let everybody unsubscribe while their mail is handed off; return how many mails were accepted.

    Each begins at a statement of the hand-off that the dice name; from there on it is anybody's turn after every one.
    """
    on.monitor.execute(AGAIN)
    before = len(on.post.accepted)
    watch.stopped, watch.handed = {}, {}
    on.hub.dice = on.fates.dice = dice
    on.hub.switching, on.hub.bias = 1.0, ("sends", dice.uniform(0.05, 0.6))
    answers = []

    def press(link):
        answers.append(on.web.post(link, data={"List-Unsubscribe": "One-Click"}).status_code)

    begins = sorted((dice.randrange(watch.statements), place, link) for place, link in enumerate(links))

    def before_statement(*_):
        if on.hub.current.process.name.startswith("sends"):
            asked[0] += 1
            while begins and begins[0][0] < asked[0]:
                _, place, link = begins.pop(0)
                on.run(f"web {place}", partial(press, link))

    asked = [0]
    on.hub.before_statement = before_statement
    on.run("sends 0", partial(jobs.look, SENDS))
    on.hub.run_ready()
    for _, place, link in begins:
        on.run(f"web {place}", partial(press, link))
    on.hub.run_ready()
    watch.statements = asked[0]
    sent = len(on.post.accepted) - before
    assert answers == [200] * len(links), answers
    assert sent == len(watch.handed), (sent, len(watch.handed))
    return sent


@contextlib.contextmanager
def prepared(running):
    """Give a stage on which everybody was helped with their parcel, a week later, and each one's unsubscribe link."""
    plot, kept = Plot(story="plain", orders=PEOPLE), {}

    def tell(*told):
        return kept["play"].tell(*told)

    def make_shopify(hub, fates):
        world = kept["world"] = World(speak, tell)
        populate(world, hub.now, SHOPS[:1])
        return Shopify(hub, world, fates)

    with stage(running, 1, BEGINNING, plot.fates, make_shopify, Post) as on:
        settle(on, kept["world"])
        playing = kept["play"] = Play(on, kept["world"], plot.lives(on.hub.dice, kept["world"]), (180, 480))

        def links():
            return [link for mail in on.post.accepted if (link := unsubscribe_link(mail[3]))]

        playing.live(lambda: len(links()) >= PEOPLE)
        on.hub.move((on.hub.now + timedelta(days=6)).replace(hour=12, minute=0))  # a week after it arrived, and more
        yield on, links()


def main(first, last):
    """Play the rounds of these seeds and return the sums."""
    with servers() as running:
        return rounds(running, range(first, last + 1))


if __name__ == "__main__":
    start, _, end = sys.argv[1].partition("-")
    told = main(int(start), int(end or start))
    print(json.dumps(told))
    sys.exit(1 if told["late"] else 0)
