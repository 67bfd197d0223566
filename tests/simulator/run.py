"""Play one seed: shops live, everything goes wrong that the seed wants to go wrong, and the evidence is returned."""

import base64
import contextlib
import gc
import heapq
import itertools
import json
from datetime import timedelta

from tests.simulator import speak
from tests.simulator.fates import Fates
from tests.simulator.merchants import Merchants
from tests.simulator.merchants import draw as draw_errands
from tests.simulator.opening import BEGINNING, SHOPS, draw, populate, settle
from tests.simulator.outcome import told
from tests.simulator.post import Post
from tests.simulator.shopify import Shopify
from tests.simulator.stage import stage
from tests.simulator.world import World

TROUBLE_ENDS = timedelta(days=25)
THE_END = timedelta(days=95)
AFTERWARDS = timedelta(days=3)  # for what a look at the very end has planned
LONGEST = timedelta(days=6)  # nobody looks for as long, at most: there is a nightly look at everything
A_LEASE = timedelta(seconds=125)
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
UNFINISHED = """select 1 from sync_cursor c join shop s on s.id = c.shop_id
    where s.status = 'active' and (c.finished_at is null or c.finished_at < %s) limit 1"""
# What waits for a shop that answers slowly is applied by whoever asks shops: nobody is busy elsewhere for longer.
SET_ASIDE = "select 1 from webhook_inbox where state = 'received' and received_at < now() - interval '6 hours' limit 1"
ASKED_AGAIN_H = (20, 72)  # asking a shop whether anything changed reads a week's orders again
SOON, HURRIES = (5, 40), 4  # minutes until what was due is tried again, and how often in a row
ORDERS = 1000  # of a seed: the more there are, the less each pays for tickers and reconciliation
TIDIED = 25  # instants between two collections of garbage: at instants of its own, it takes no part in the play
STATISTICS = tuple(timedelta(days=days) for days in (1, 2, 4, 8, 16, 32))  # when they are taken, after the beginning


class Play:
    """Hold one seed's world, and walk through its time."""

    def __init__(self, on, world, lives, steps, merchants=None):
        self.on, self.hub, self.world, self.fates = on, on.hub, world, on.fates
        self.lives = lives
        self.post_office, self.numbers = [], itertools.count()
        self.acks, self.stops, self.merchants = {}, [], merchants or Merchants(on, world, {}, [])
        self.steps, self.asks, self.asks_at, self.asked_at = steps, True, BEGINNING, BEGINNING
        self.hurried, self.left_to_steps = 0, BEGINNING
        self.instants, self.patience, self.statistics = 0, A_LEASE, iter(STATISTICS)
        self.statistics_at = BEGINNING + next(self.statistics)
        self._analyze = "analyze " + ", ".join(f'public."{name}"' for (name,) in on.monitor.execute(TABLES))
        on.stop_everybody = self._stop_everybody
        self.acts = sorted(
            (BEGINNING + timedelta(hours=hours), number, place, verb, words)
            for number, life in enumerate(lives)
            for place, (hours, verb, words) in enumerate(life.acts)
        )

    # -- the post office of webhooks

    def tell(self, shop, topic, body, at):
        """Take one webhook; copies of it come when the fates say."""
        webhook_id = f"w{next(self.numbers)}"
        for due in self.fates.arrives(topic, at):
            heapq.heappush(self.post_office, (due, next(self.numbers), shop.domain, topic, webhook_id, body, at, 0))
        if self.fates.falls("poison", 0.03):
            spoiled = speak_badly(self.fates.dice, body)
            due = at + self.fates.hours(0, 3)
            heapq.heappush(
                self.post_office, (due, next(self.numbers), shop.domain, topic, f"p{webhook_id}", spoiled, at, 0)
            )
        return webhook_id

    def _deliveries(self):
        due = []
        while self.post_office and self.post_office[0][0] <= self.hub.now:
            due.append(heapq.heappop(self.post_office))
        return due

    def _deliver(self, mine):
        while mine:
            self._deliver_one(mine.pop(0))

    def _deliver_one(self, delivery):
        _, _, domain, topic, webhook_id, body, at, tries = delivery
        status = 0
        try:
            status = self.on.deliver(domain, topic, webhook_id, body, at)
        finally:
            if status == 200:
                self.acks.setdefault(webhook_id, (domain, topic, self.hub.now))
            elif tries < 8:
                again = self.hub.now + timedelta(minutes=1 + 20 * tries)
                heapq.heappush(
                    self.post_office, (again, next(self.numbers), domain, topic, webhook_id, body, at, tries + 1)
                )

    # -- time

    def live(self, is_over=lambda: False):
        """Walk from the beginning to the end, or until something is so."""
        end, acts = BEGINNING + THE_END, iter(self.acts)
        act = next(acts, None)
        while not is_over() and (self.hub.now < end or self._is_unfinished(end)):
            now = self._next_instant(act)
            while act is not None and act[0] <= now:
                self._act(act)
                act = next(acts, None)
            if now > BEGINNING + TROUBLE_ENDS:
                self.fates.heal()
            self.hub.move(now)
            self.merchants.press()
            self._one_instant()

    def _is_unfinished(self, end):
        return self.hub.now < end + AFTERWARDS and self._next_due() is not None

    def _act(self, act):
        at, number, _, verb, words = act
        life = self.lives[number]
        life.play(self.world, at.replace(microsecond=0), verb, words, self._unsubscribe)

    def _one_instant(self):
        due = self._deliveries()
        halves = [due[::2], due[1::2]] if len(due) > 3 else [due]
        for place, mine in enumerate(halves):
            if mine:
                self.on.run(f"web {place}", lambda mine=mine: self._deliver(mine))
        if self.fates.falls("retention", 0.05):
            self._bring_forward()
        self.on.bulk_workers = int(self._asks_now())
        self.on.work_until_quiet()
        for mine in halves:  # what a dead web process had not taken comes again
            for delivery in mine:
                heapq.heappush(self.post_office, (self.hub.now + timedelta(minutes=1), *delivery[1:]))
        self.hub.bury()
        self.merchants.let_go()
        self._tidy()

    def _asks_now(self):
        """Say whether a worker has time now for what can wait, such as asking shops what has changed."""
        if not self.asks:
            return False
        if self.hub.now < self.asks_at:  # what was begun is gone on with at once, as by every ring
            begun = self.on.monitor.execute(UNFINISHED, (self.asked_at,)).fetchone()
            return bool(begun or self.on.monitor.execute(SET_ASIDE).fetchone())
        self.asked_at, self.asks_at = self.hub.now, self.hub.now + self.fates.hours(*ASKED_AGAIN_H)
        return True

    def _tidy(self):
        self.instants += 1
        if self.instants % TIDIED == 0:
            gc.collect()
        if self.hub.now >= self.statistics_at:
            self.on.monitor.execute(self._analyze)
            self.statistics_at = BEGINNING + next(self.statistics, THE_END)

    def _bring_forward(self):
        """Make the clean-ups due now."""
        self.on.monitor.execute("update periodic_job set next_run_at = now() - interval '1 minute'")

    def _next_instant(self, act):
        """Return the next instant at which something may happen; what is close together happens at once."""
        now = self.hub.now
        due = self._next_due()
        step = timedelta(minutes=self.hub.dice.randint(*(SOON if self._hurries() else self.steps)))
        coming = [act[0]] if act is not None else []
        coming += [self.post_office[0][0]] if self.post_office else []
        coming += [each for each in (due, self.merchants.next_at()) if each is not None]
        calm = min(max(min(coming, default=now), now) + step, now + LONGEST) if coming else BEGINNING + THE_END
        waking = self.hub.next_waking()
        if waking is None:
            self.patience = A_LEASE
            return calm
        # While somebody sleeps others look again and again: leases run out, and what they held is taken over.
        following = max(min(calm, waking, now + self.patience), now)
        self.patience = min(self.patience * 2, LONGEST)  # among many somebody is always asleep
        return following

    def _hurries(self):
        """Say whether what was due and did not go is tried again soon, as the ticker would: a few times, no more.

        What did not go then either is left to the ordinary steps, and hurries nobody any longer.
        """
        now = self.hub.now
        due = self._next_due(self.left_to_steps)
        if due is None or due > now:
            self.hurried = 0
        elif self.hurried == HURRIES:
            self.hurried, self.left_to_steps = 0, now
        else:
            self.hurried += 1
        return self.hurried > 0

    def _next_due(self, after=BEGINNING):
        row = self.on.monitor.execute(
            """select min(at) from (
                select case when state = 'held' then expires_at else due_at end from follow_up where state <> 'done'
                union all select handoff_at + interval '181 seconds' from attempt where state = 'handoff'
            ) waits(at) where at > greatest(now() - interval '2 days', %s)""",
            (after,),
        ).fetchone()
        return row[0] + timedelta(seconds=1) if row[0] else None

    # -- what shoppers do with a mail

    def _stop_everybody(self):
        for life in self.lives:
            self._unsubscribe(life)

    def _unsubscribe(self, life):
        wanted = f"{life.person.email}"
        shop, email = life.shop.domain, life.person.email
        mine = [unsubscribe_link(mail[3]) for mail in self.on.post.accepted if mail[2] == wanted]
        # Somebody may buy at two of the shops: what they press is of this one.
        link = next((each for each in reversed(mine) if each and shop_of(each) == self.merchants.ids[shop]), None)
        if link is None:
            return

        def press():
            answer = self.on.web.post(link, data={"List-Unsubscribe": "One-Click"})
            if answer.status_code == 200:
                self.stops.append((shop, email, self.hub.now))

        self.on.run("web stop", press)


def unsubscribe_link(content):
    """Return the path behind a mail's List-Unsubscribe header."""
    head = content.partition(b"\r\n\r\n")[0]
    found = head.partition(b"List-Unsubscribe: <")[2].partition(b">")[0].decode()
    return "/" + found.split("/", 3)[3] if found else None


def shop_of(link):
    """Return our id of the shop a signed link is about, as it says itself."""
    raw = link.rpartition("/")[2].partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))[0]


def speak_badly(dice, body):
    """Return a spoiled body."""
    spoiled = dict(body)
    for name in dice.sample(sorted(spoiled), min(2, len(spoiled))):
        spoiled[name] = dice.choice([None, "x" * 3000, -1, [], {"a": {}}, "\x00", 10**30])
    return spoiled


def play(servers, seed, orders=ORDERS, only=None, steps=(180, 480), plot=None):
    """Play one seed and return what came of it. `plot` names the lives and the faults instead of the dice."""
    kept = {}

    def tell(*words):
        return kept["play"].tell(*words)

    def make_shopify(hub, fates):
        world = kept["world"] = World(speak, tell)
        populate(world, hub.now, SHOPS if plot is None else SHOPS[: plot.shops])
        return Shopify(hub, world, fates)

    def make_post(hub, fates):
        return Post(hub, fates)

    def make_fates(dice):
        return Fates(dice, only, orders) if plot is None else plot.fates(dice)

    with tidy(), stage(servers, seed, BEGINNING, make_fates, make_shopify, make_post) as on:
        world = kept["world"]
        ids = settle(on, world, None if plot is None else plot.often)
        lives = draw(on.hub.dice, world, orders) if plot is None else plot.lives(on.hub.dice, world)
        shops = world.shops.values()
        errands = draw_errands(on.hub.dice, shops, BEGINNING) if plot is None else plot.errands(shops, BEGINNING)
        merchants = Merchants(on, world, ids, errands)
        playing = kept["play"] = Play(on, world, lives, steps, merchants)
        if plot is not None:
            plot.spoil(playing)
        playing.live()
        return told(on, playing, seed)


@contextlib.contextmanager
def tidy():
    """Collect garbage now and when told, not when some counter is full."""
    gc.collect()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()
