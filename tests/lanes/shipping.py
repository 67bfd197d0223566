"""Send parcels down generated lanes and count them as the app would see them at an instant."""

import functools
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from app.orders.lanes.areas import clock_of
from app.orders.lanes.arrivals import Counts
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.expect import LaneKey
from app.orders.lanes.fit import learn
from app.orders.lanes.infer import likely_at
from devstore.generator.lanes import UNTRACKED, lanes
from devstore.generator.transit import transit

START = datetime(2025, 1, 6, tzinfo=UTC)
HOME = "GB"
MOVING = {"confirmed", "carrier_picked_up", "in_transit", "out_for_delivery", "ready_for_pickup", "delayed"}


def key_of(lane):
    return LaneKey(lane.carrier, lane.service, lane.country, lane.service != UNTRACKED)


@functools.cache
def calendar_of(lane):
    return WorkCalendar(lane.country, clock_of(lane.country))


class World:
    """A shop's lanes, half a year of parcels learned from, and dice for the ones to come."""

    def __init__(self, seed, known=40, held_out=200, parcels=6000, days=180):
        self.seed, self.dice = seed, random.Random(seed)
        every = lanes(self.dice, known + held_out, HOME)
        self.known, self.held_out = every[:known], every[known:]
        self.shares = [1 / (place + 1) ** 0.7 for place in range(known)]
        self.now = START + timedelta(days=days)
        self.counts = defaultdict(Counts)
        for _ in range(parcels):
            lane = self.any_known()
            at, journey = self.send(lane, START, days)
            told = [
                scan.happened_at for scan in journey.scans if scan.status == "delivered" and scan.told_at <= self.now
            ]
            calendar = calendar_of(lane)
            took = calendar.elapsed(at, told[0]) if told else None
            self.counts[key_of(lane)].add(calendar.elapsed(at, self.now), took)
        self.model = learn(self.counts, HOME)
        self.of = functools.cache(self.model.of)

    def any_known(self):
        return self.dice.choices(self.known, self.shares)[0]

    def send(self, lane, start, days):
        at = start + timedelta(minutes=self.dice.randrange(days * 24 * 60))
        return at, transit(self.dice, lane, at, world=self.seed)


def asked_on_an_estimate(lane, fitted, shipped_at, journey, risk):
    """Return the inferred arrival nothing told took back before it came, or None."""
    found, seen = likely_at(fitted, shipped_at, risk, calendar_of(lane)), None
    for scan in sorted(journey.scans, key=lambda scan: scan.told_at):
        if found is not None and found <= scan.told_at:
            return found
        if scan.status not in MOVING:
            return None  # arrived, or refused at the door: no estimate any more
        seen = max(seen or scan.happened_at, scan.happened_at)
        found = likely_at(fitted, shipped_at, risk, calendar_of(lane), seen_at=seen)
    return found


def too_early(inferred, journey):
    return journey.delivered_at is None or journey.delivered_at > inferred
