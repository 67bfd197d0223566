"""The claim about clocks finds a mistake where one is made."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.flows.timing import slots
from tests.prove.claim_engine_zones import once_a_day_at_its_time
from tests.prove.claims import Scale


def shifted(day, minute, zone):
    """Take the wall clock at its word: what a gap leaves out comes an hour late."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def second(day, minute, zone):
    """Take the second of two."""
    return datetime.combine(day, time(minute // 60, minute % 60, fold=1), zone).astimezone(UTC)


def elapsed(day, minute, zone):
    """Count hours from midnight, whatever the clock does between."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return midnight + timedelta(minutes=minute)


def six(_scale, whole, *, quick):
    """Walk six changes, not all and not the quick ones."""
    return min(6, quick, whole)


@pytest.mark.parametrize("mistake", [shifted, second, elapsed])
def test_a_mistake_about_the_wall_clock_does_not_hold(monkeypatch, mistake):
    monkeypatch.setattr(slots, "wall_instant", mistake)
    monkeypatch.setattr(Scale, "__call__", six)
    assert not once_a_day_at_its_time(Scale(quick=True)).holds


def test_without_a_mistake_the_same_sample_holds(monkeypatch):
    monkeypatch.setattr(Scale, "__call__", six)
    assert once_a_day_at_its_time(Scale(quick=True)).holds
