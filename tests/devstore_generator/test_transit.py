"""Parcels travel as their lane's declared truth says, rest when carriers rest, and are not log-normal."""

import math
import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest

from devstore.generator.lands import COUNTRIES, is_working, zone
from devstore.generator.lanes import CARRIERS, Lane, Reports, character, lanes
from devstore.generator.transit import transit

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
HOME = Lane("DPD", "standard", "GB", "GB")


def many(lane, count=3000, world=0, seed=7):
    rng = random.Random(seed)
    shipped = [START + timedelta(minutes=rng.randrange(365 * 24 * 60)) for _ in range(count)]
    return [(at, transit(rng, lane, at, world=world)) for at in shipped]


def by_habit(habit):
    found = lanes(random.Random(3), 300, "GB")
    return next(one for one in found if one.country != "GB" and character(one).reports is habit)


def test_the_same_seed_sends_the_same_parcels():
    assert many(HOME, 50) == many(HOME, 50)
    assert many(HOME, 50) != many(HOME, 50, world=1)


def test_every_scan_follows_the_one_before_and_nothing_is_told_before_it_happened():
    for lane in lanes(random.Random(1), 40, "GB"):
        for shipped, one in many(lane, 40):
            seen = [scan.happened_at for scan in one.scans]
            assert seen == sorted(seen)
            assert all(scan.told_at >= scan.happened_at >= shipped for scan in one.scans)
            if one.delivered_at is not None:
                assert one.delivered_at > shipped
            told = [scan.happened_at for scan in one.scans if scan.status == "delivered"]
            assert told == ([one.delivered_at] if one.reported else [])


@pytest.mark.parametrize("country", COUNTRIES)
def test_nobody_rings_on_a_day_of_rest(country):
    lane = Lane("UPS", "standard", country, "DE")
    for _, one in many(lane, 150):
        for scan in one.scans:
            if scan.status == "attempted_delivery":
                day = scan.happened_at.astimezone(zone(country)).date()
                assert is_working(day, country, saturdays=character(lane).saturdays)


@pytest.mark.parametrize("lane", [HOME, by_habit(Reports.ARRIVAL)])
def test_the_declared_shares_come_out(lane):
    told = character(lane)
    assert told.reports is Reports.ARRIVAL
    sent = [one for _, one in many(lane, 6000)]
    came = [one for one in sent if one.delivered_at is not None]
    assert sum(one.reported for one in came) / len(came) == pytest.approx(told.reported_share, abs=0.015)
    returned = told.failed_share * 0.3**2 * 0.2
    assert 1 - len(came) / len(sent) == pytest.approx(told.lost_share + returned, abs=0.005)
    failed = sum(any(scan.status == "attempted_delivery" for scan in one.scans) for one in came) / len(came)
    assert failed == pytest.approx(told.failed_share, abs=0.03)


def test_silent_lanes_tell_no_arrival_and_letters_tell_nothing():
    assert not any(one.reported for _, one in many(by_habit(Reports.EXPORT), 300))
    stamp = Lane("Royal Mail", "letter", "GB", "GB")
    assert [one.scans for _, one in many(stamp, 50)] == [()] * 50
    assert any(one.delivered_at for _, one in many(stamp, 50))


def test_silence_is_not_at_random_it_goes_with_slow_borders():
    every = [Lane(c, "standard", to, "GB") for c in CARRIERS for to in COUNTRIES]
    worlds = [character(lane, world) for world in range(20) for lane in every]
    silent = [one.usual_days for one in worlds if one.reports is Reports.EXPORT]
    assert len(silent) / len(worlds) == pytest.approx(0.22, abs=0.08)
    assert statistics.mean(silent) > 1.15 * statistics.mean(
        one.usual_days for one in worlds if one.reports is Reports.ARRIVAL
    )


def test_lanes_of_one_country_and_carrier_still_differ():
    days = [character(Lane(c, "standard", "FR", "GB"), world).usual_days for c in CARRIERS for world in range(20)]
    spread = statistics.stdev(math.log(one) for one in days)
    assert 0.2 < spread < 0.4


def test_a_parcel_handed_in_on_saturday_leaves_on_a_working_day():
    saturday = datetime(2025, 3, 1, 12, tzinfo=UTC)
    lane = next(
        Lane(c, "express", "GB", "GB") for c in CARRIERS if not character(Lane(c, "express", "GB", "GB")).saturdays
    )
    for seed in range(50):
        one = transit(random.Random(seed), lane, saturday)
        left = [scan for scan in one.scans if scan.status == "carrier_picked_up"]
        assert all(scan.happened_at.date() >= datetime(2025, 3, 3, tzinfo=UTC).date() for scan in left)
        assert one.delivered_at is None or one.delivered_at > datetime(2025, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize("lane", [HOME, *lanes(random.Random(11), 12, "GB")])
def test_no_lane_is_log_normal(lane):
    logs = sorted(math.log((one.delivered_at - at) / timedelta(days=1)) for at, one in many(lane) if one.delivered_at)
    fit = statistics.NormalDist.from_samples(logs)
    # Kolmogorov's distance to the best fit, against Lilliefors' 1 % bound for a fitted law, 1.035 / √n.
    apart = max(abs(fit.cdf(x) - (place + 0.5) / len(logs)) for place, x in enumerate(logs))
    assert apart * math.sqrt(len(logs)) > 1.035


def test_asking_for_lanes_gives_as_many_different_ones():
    found = lanes(random.Random(5), 60, "GB")
    assert len(set(found)) == 60
    assert sum(one.country == "GB" for one in found) >= 10
