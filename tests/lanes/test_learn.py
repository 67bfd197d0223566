"""Slow lanes stay slow while parcels are out, silent ones are told apart, new ones lean on their kind."""

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.lanes.arrivals import Counts, curve_of
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.curve import CELLS, beyond, cell, days_beyond, edge, mixed, shifted
from app.orders.lanes.expect import LaneKey, Level
from app.orders.lanes.fit import learn
from app.orders.lanes.infer import expected, likely_at
from tests.lanes.shipping import World, calendar_of, key_of, too_early

SHIPPED = datetime(2026, 3, 2, 9, tzinfo=UTC)
BERLIN = WorkCalendar("DE", ZoneInfo("Europe/Berlin"))
DPD = LaneKey("DPD", "standard", "DE")
CURVES = st.dictionaries(st.integers(0, CELLS - 1), st.integers(1, 9), min_size=1, max_size=8).map(
    lambda parts: tuple(parts.get(place, 0) / sum(parts.values()) for place in range(CELLS))
)


def lane(days, spread=0.25, parcels=200, told=1.0, age=(30, 80), seed=1):
    """Return counts of a lane whose parcels take about so many working days."""
    dice, counts = random.Random(seed), Counts()
    for _ in range(parcels):
        old, took = dice.uniform(*age), days * math.exp(dice.gauss(0, spread))
        counts.add(old, took if took <= old and dice.random() < told else None)
    return counts


def test_the_grid_finds_its_own_places():
    for place in range(CELLS):
        assert cell(edge(place + 0.5)) == place


@given(CURVES, st.floats(0.001, 0.999))
def test_reading_a_quantile_undoes_reading_a_share(curve, share):
    assert beyond(curve, days_beyond(curve, share)) <= share + 1e-6


@given(CURVES, CURVES, st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))
def test_curves_stay_distributions(one, other, part, by, spread):
    for made in (mixed(one, other, part), shifted(one, by, spread)):
        assert sum(made) == pytest.approx(1)
        assert min(made) >= 0


def test_parcels_still_out_keep_a_slow_lane_slow():
    young = lane(10, spread=0.5, age=(0, 40), parcels=4000)
    reported = [0.0] * CELLS
    for place, many in enumerate(young.arrived):
        reported[place] = many / sum(young.arrived)
    assert days_beyond(reported, 0.1) < 16.8  # those that arrived look fast
    assert days_beyond(curve_of(young), 0.1) == pytest.approx(10 * math.exp(0.5 * 1.2816), rel=0.08)


def test_too_few_parcels_say_nothing_of_a_curve():
    assert curve_of(lane(3, parcels=4)) is None
    assert curve_of(Counts()) is None


def test_a_lane_with_many_parcels_speaks_for_itself():
    fitted = learn({DPD: lane(3, parcels=400)}, "DE").of(DPD)
    assert (fitted.level, fitted.parcels) == (Level.LANE, 400)
    assert days_beyond(fitted.curve, 0.5) == pytest.approx(3, rel=0.05)
    assert fitted.told == pytest.approx(1, abs=0.01)


def test_a_lane_that_never_reports_is_known_for_it_and_leans_on_its_kind():
    silent = LaneKey("Post", "standard", "DE")
    model = learn({DPD: lane(3, parcels=400), silent: lane(3, parcels=60, told=0)}, "DE")
    assert model.of(silent).told < 0.1
    assert model.of(silent).level is Level.COUNTRY
    assert 3 < days_beyond(model.of(silent).curve, 0.5) < 5


def test_a_young_lane_is_not_believed_before_its_slow_parcels_can_have_come():
    assert learn({DPD: lane(3, parcels=400, age=(0, 6))}, "DE").of(DPD).level is not Level.LANE


def test_a_new_lane_learns_from_country_service_and_carrier():
    known = {
        LaneKey(carrier, service, country): lane(days * factor, parcels=150, seed=n)
        for n, (carrier, country, days, service, factor) in enumerate(
            (carrier, country, days, service, factor)
            for carrier in ("DHL", "DPD", "UPS")
            for country, days in (("FR", 4), ("SE", 8))
            for service, factor in (("express", 0.5), ("standard", 1.0))
            if (carrier, country, service) != ("UPS", "SE", "express")
        )
    }
    fitted = learn(known, "DE").of(LaneKey("UPS", "express", "SE"))
    assert fitted.level is Level.COUNTRY
    assert days_beyond(fitted.curve, 0.5) == pytest.approx(4, rel=0.2)


def test_a_shop_nobody_knows_gets_the_prior():
    model = learn({}, "DE")
    home, abroad = model.of(DPD), model.of(LaneKey("DHL", "", "AU"))
    assert home.level is abroad.level is Level.PRIOR
    assert days_beyond(home.curve, 0.5) < days_beyond(abroad.curve, 0.5)
    assert model.of(LaneKey("", "", "DE", tracked=False)).told == 0


def test_what_is_learned_does_not_hang_on_the_order_of_lanes():
    known = {LaneKey("DHL", "", country): lane(4 + n, seed=n) for n, country in enumerate(("FR", "SE", "IT"))}
    one, other = learn(known, "DE"), learn(dict(reversed(known.items())), "DE")
    for key in known:
        assert one.of(key).middle == pytest.approx(other.of(key).middle, abs=0.01)


def silent(told):
    return replace(learn({DPD: lane(3, parcels=400)}, "DE").of(DPD), told=told)


def test_the_less_a_lane_reports_the_less_its_silence_means():
    found = [likely_at(silent(told), SHIPPED, 0.1, BERLIN) for told in (0.0, 0.6, 0.9)]
    assert None not in found
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_on_a_lane_that_reports_everything_silence_is_never_taken_for_arrival():
    assert likely_at(silent(1.0), SHIPPED, 0.1, BERLIN) is None


def test_a_smaller_risk_waits_longer():
    found = [likely_at(silent(0.0), SHIPPED, risk, BERLIN) for risk in (0.2, 0.1, 0.05)]
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_a_scan_that_still_has_it_on_its_way_moves_the_estimate_later():
    quiet = silent(0.5)
    first = likely_at(quiet, SHIPPED, 0.1, BERLIN)
    seen = first + timedelta(days=1)
    assert likely_at(quiet, SHIPPED, 0.1, BERLIN, seen_at=seen) > seen
    before = expected(quiet, SHIPPED, BERLIN)
    after = expected(quiet, SHIPPED, BERLIN, seen_at=seen)
    assert SHIPPED < before.first < before.last < after.last
    assert after.first >= seen


@pytest.mark.parametrize("seed", [3, 4])
def test_one_in_ten_is_asked_too_early_on_parcels_the_model_never_saw(seed):
    """With their reports hidden; the full sizes are a claim of bin/prove."""
    world = World(seed)
    asked = early = 0
    for _ in range(2000):
        way = world.any_known()
        fitted = world.of(key_of(way))
        if fitted.level is not Level.LANE:
            continue
        at, journey = world.send(way, world.now, 90)
        inferred = likely_at(replace(fitted, told=0.0), at, 0.1, calendar_of(way))
        asked, early = asked + 1, early + too_early(inferred, journey)
    assert 0.06 < early / asked < 0.14
