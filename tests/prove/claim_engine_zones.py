"""The claim about clocks: whatever they do, a message leaves at its hour, once.

What is right is found by walking the minutes around each clock change and reading the wall clock at every one: nothing
here knows how the app turns hours into instants.
"""

import random
from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.flows.language.window import SendWindow, at_time
from app.flows.timing.slots import due_at, next_allowed
from tests.prove.claims import Figure, Scale, claim

MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)
FROM, UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
AROUND = timedelta(hours=30)
WIDE = 3  # hours a window is open
QUARTER_PAST = 15  # inside the half hour Lord Howe leaves out, too
NAMES = sorted(available_timezones() - {"Factory", "localtime"})
SEED = 20261122


@claim("engine", "All zones, every clock change to 2037, 24 send times: each day once, at its time", quick=True)
def once_a_day_at_its_time(scale: Scale) -> Figure:
    """Plan a daily message around every change, to the minute and into a window, and compare with the walk."""
    distinct, changes = distinct_changes()
    chosen = random.Random(SEED).sample(distinct, scale(len(distinct), quick=30))
    doubled = missing = outside = planned = 0
    for change, name in chosen:
        zone = ZoneInfo(name)
        walk = Walk(change, zone)
        for hour in range(24):
            wanted, found = walk.daily(hour), exact_days(walk, hour, zone)
            doubled += len(found) - len(set(found))
            missing += len(set(wanted) - set(found))
            outside += len(set(found) - set(wanted)) + late_ones_outside(walk, hour, zone)
            wanted_openings, openings = walk.openings(hour), window_openings(walk, hour, zone)
            missing += len(set(wanted_openings) - set(openings))
            outside += len(set(openings) - set(wanted_openings))
            planned += len(found) + len(openings)
    covered = "all of them" if len(chosen) == len(distinct) else f"{len(chosen)} of them, seed {SEED}"
    words = (
        f"{len(NAMES)} zones, {changes} changes, {len(distinct)} different; {covered}: {planned} messages planned,"
        f" {doubled} doubled, {missing} missing, {outside} outside"
    )
    return Figure(words, holds=planned > 0 and not doubled and not missing and not outside)


@cache
def distinct_changes() -> tuple[list[tuple[datetime, str]], int]:
    """Return changes with a zone that makes each, and how many there are in all.

    Zones whose clocks show the same before and after the same instant are one clock there: they are walked once.
    """
    distinct, count = {}, 0
    for name in NAMES:
        zone = ZoneInfo(name)
        for change in clock_changes(name):
            count += 1
            before, after = (each.astimezone(zone).utcoffset() for each in (change - MINUTE, change))
            distinct.setdefault((change, before, after), name)
    return sorted((change, name) for (change, _, _), name in distinct.items()), count


def clock_changes(name: str) -> list[datetime]:
    """Return the minutes at which a zone's clock changes, found week by week and then by halving."""
    zone, found, day = ZoneInfo(name), [], FROM
    while day < UNTIL:
        after = day + WEEK  # no zone changes back within one
        if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = 0, WEEK // MINUTE
            while high - low > 1:
                middle = (low + high) // 2
                same = (day + middle * MINUTE).astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(day + high * MINUTE)
        day = after
    return found


class Walk:
    """Every minute around one change with what the wall clock shows then."""

    def __init__(self, change: datetime, zone: ZoneInfo) -> None:
        self.begins, self.ends = change - AROUND, change + AROUND
        self.minutes = [self.begins + step * MINUTE for step in range(int(2 * AROUND / MINUTE))]
        self.walls = [each.astimezone(zone).replace(tzinfo=None) for each in self.minutes]
        self.days = sorted({wall.date() for wall in self.walls})[1:-1]  # the whole ones
        self.first: dict[datetime, datetime] = {}
        for minute, wall in zip(self.minutes, self.walls, strict=True):
            self.first.setdefault(wall, minute)
        self.shown = sorted(self.first)
        self.places: dict[int, list[int]] = {}
        for place, wall in enumerate(self.walls):
            self.places.setdefault(wall.hour, []).append(place)
        half = len(self.walls) // 2
        self.starts = [i for i in range(half) if self.walls[i].minute == 0 and self.walls[i].hour in {0, 12}]

    def daily(self, hour: int) -> list[datetime]:
        """Return when a message of each whole day leaves: at its time, or the first minute shown after it."""
        found = []
        for day in self.days:
            wanted = datetime.combine(day, time(hour, QUARTER_PAST))
            shown = self.shown[bisect_left(self.shown, wanted)]
            if shown.date() == day:
                found.append(self.first[shown])
        return found

    def openings(self, hour: int) -> list[datetime]:
        """Return, for each local midnight and noon walked over, the first minute after it inside the window."""
        inside = sorted(place for each in range(hour, hour + WIDE) for place in self.places.get(each, ()))
        found = []
        for start in self.starts:
            place = bisect_left(inside, start)
            found += [self.minutes[inside[place]]] if place < len(inside) else []
        return found


def exact_days(walk: Walk, hour: int, zone: ZoneInfo) -> list[datetime]:
    """Plan day after day: each message is looked for from a minute after the one before."""
    window, found, at = at_time(hour, QUARTER_PAST), [], walk.begins
    while (slot := next_allowed(at, window, zone)) < walk.ends:
        found.append(slot)
        at = slot + MINUTE
    return [slot for slot in found if slot.astimezone(zone).date() in walk.days]


def window_openings(walk: Walk, hour: int, zone: ZoneInfo) -> list[datetime]:
    """Plan into the window of three hours from each local midnight and noon."""
    window = SendWindow(hour, min(hour + WIDE, 24))
    found = [next_allowed(walk.minutes[start], window, zone) for start in walk.starts]
    return [each for each in found if each < walk.ends]


def late_ones_outside(walk: Walk, hour: int, zone: ZoneInfo) -> int:
    """Count those that leave outside the window when their time, around the change, is only heard of later."""
    window, outside = SendWindow(hour, min(hour + WIDE, 24)), 0
    for hours_late in (1, 9):
        heard = walk.begins + AROUND + timedelta(hours=hours_late - 4)
        due = due_at(walk.begins, DAY, window, zone, seed=str(hour), now=heard)
        outside += due < heard or not hour <= due.astimezone(zone).hour < hour + WIDE
    return outside
