"""Decide when a follow-up is due: the first allowed instant at or after its time. Pure; UTC in, UTC out.

A delay is elapsed time. Windows, quiet hours and closed days are wall-clock time in the recipient's zone: an opening
that falls into a spring gap moves to the first valid minute after it, one that comes twice in autumn counts the first
time. Where a step's own hours lie wholly in the quiet ones, it speaks when these end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.window import DAY, GRACE, HOUR, SendWindow
from app.flows.timing.calendar import ALWAYS_OPEN, Calendar, Closed, Quiet
from app.flows.timing.walls import both_instants, change_on, wall_instant

MAX_JITTER: Final = timedelta(minutes=5)  # spreads what would all leave at the minute a window opens
LONGEST_SEARCH: Final = 2000  # days: longer than any calendar that can be saved keeps one weekday closed
MINUTE: Final = timedelta(minutes=1)
ONE_DAY: Final = timedelta(days=1)
LATE_BY: Final = timedelta(minutes=GRACE)

Spans = tuple[tuple[int, int], ...]  # [from, to) in minutes of a local day


def due_at(
    anchor_at: datetime,
    delay: timedelta,
    window: SendWindow | None,
    zone: ZoneInfo,
    *,
    seed: str,
    now: datetime,
    calendar: Calendar = ALWAYS_OPEN,
) -> datetime:
    """Return when to send, in UTC: at an allowed instant, never before anchor + delay.

    Without window and calendar any time will do, without jitter. `seed` names the row: the same row always gets the
    same jitter. A time that has passed by `now` goes to the next allowed slot, which is now while one is open; one
    with an exact time of day goes to the next such time.
    """
    wanted = (anchor_at + delay).astimezone(UTC)
    due = _spread(next_allowed(wanted, window, zone, calendar), window, zone, seed, calendar)
    if due >= now:
        return due
    slot = next_allowed(now.astimezone(UTC), window, zone, calendar)
    return slot if slot <= now else _spread(slot, window, zone, seed, calendar)


def next_allowed(at: datetime, window: SendWindow | None, zone: ZoneInfo, calendar: Calendar = ALWAYS_OPEN) -> datetime:
    """Return the first instant at or after `at` for which a message may be planned, in UTC."""
    exact = window is not None and window.exact
    if not exact and closed_by(at, window, zone, calendar) is None:
        return at
    day = at.astimezone(zone).date() - ONE_DAY  # a clock change around midnight may belong to the day before
    for _ in range(LONGEST_SEARCH):
        if _day_closed(day, window, calendar) is None:
            found = [each for each in _openings(day, window, zone, calendar) if each >= at]
            if found:
                return min(found)
        day += ONE_DAY
    raise ValueError(f"No slot within {LONGEST_SEARCH} days: {window}")


def closed_by(
    at: datetime, window: SendWindow | None, zone: ZoneInfo, calendar: Calendar = ALWAYS_OPEN
) -> Closed | None:
    """Return what keeps a message from leaving at an instant; None where it may.

    The reason that lasts longest is named first: a closed day before an hour of it.
    """
    local = at.astimezone(zone)
    minute = local.hour * HOUR + local.minute
    whole = calendar.closed_day(local.date())
    if whole is not None:
        return whole
    if calendar.quiet is not None and calendar.quiet.covers(minute):
        return Closed.QUIET
    if window is None:
        return None
    if window.exact:
        return None if _has_its_time(at, local.date(), window, zone, calendar) else Closed.WINDOW
    open_now = local.weekday() in window.weekdays and any(a <= minute < b for a, b in _spans(window, calendar.quiet))
    return None if open_now else Closed.WINDOW


def jitter(seed: str) -> timedelta:
    """Return this row's own delay, 0 to 5 minutes in whole seconds."""
    spread = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest())
    return timedelta(seconds=spread % (int(MAX_JITTER.total_seconds()) + 1))


def _day_closed(day: date, window: SendWindow | None, calendar: Calendar) -> Closed | None:
    if window is not None and day.weekday() not in window.weekdays:
        return Closed.WINDOW
    return calendar.closed_day(day)


def _openings(day: date, window: SendWindow | None, zone: ZoneInfo, calendar: Calendar) -> Iterator[datetime]:
    """Return the instants of a local day at which something opens: where its hours begin, or its clock jumps there."""
    if window is not None and window.exact:
        at = wall_instant(day, _exact_minute(window, calendar.quiet), zone)
        if at is not None and not _is_quiet(at, zone, calendar):
            yield at
        return
    change = change_on(day, zone)
    begins = [at for a, _ in _spans(window, calendar.quiet) for at in both_instants(day, a, zone)]
    jumps = (change,) if change is not None and change.astimezone(zone).date() == day else ()
    for at in (*begins, *jumps):
        if closed_by(at, window, zone, calendar) is None:
            yield at


def _has_its_time(at: datetime, day: date, window: SendWindow, zone: ZoneInfo, calendar: Calendar) -> bool:
    """Say whether the one time of day has come, and not longer ago than we may be late."""
    for each in (day - ONE_DAY, day):
        if _day_closed(each, window, calendar) is None:
            slot = wall_instant(each, _exact_minute(window, calendar.quiet), zone)
            if slot is not None and slot <= at < slot + LATE_BY:
                return True
    return False


def _is_quiet(at: datetime, zone: ZoneInfo, calendar: Calendar) -> bool:
    local = at.astimezone(zone)
    return calendar.quiet is not None and calendar.quiet.covers(local.hour * HOUR + local.minute)


def _exact_minute(window: SendWindow, quiet: Quiet | None) -> int:
    return quiet.closes if quiet is not None and quiet.covers(window.opens) else window.opens


@lru_cache(maxsize=512)
def _spans(window: SendWindow | None, quiet: Quiet | None) -> Spans:
    """Return the hours of a day that are left of a window beside quiet hours."""
    spans: Spans = ((0, DAY),) if window is None else ((window.opens, window.closes),)
    if quiet is None:
        return spans
    closed = ((quiet.opens, quiet.closes),) if quiet.opens < quiet.closes else ((quiet.opens, DAY), (0, quiet.closes))
    for a, b in closed:
        spans = tuple((c, d) for start, end in spans for c, d in ((start, min(end, a)), (max(start, b), end)) if c < d)
    return spans or ((quiet.closes, min(quiet.closes + HOUR, DAY)),)


def _spread(slot: datetime, window: SendWindow | None, zone: ZoneInfo, seed: str, calendar: Calendar) -> datetime:
    """Add the row's jitter, stopping a second before closing, so that a later anchor never comes due earlier."""
    if window is None and calendar.quiet is None and not calendar.closes_days:
        return slot
    if window is not None and window.exact:
        return slot + jitter(seed) % MINUTE
    due = slot + jitter(seed)
    if _is_open_throughout(slot, due, window, zone, calendar):
        return due
    edge = slot.replace(second=0, microsecond=0) + MINUTE
    while edge <= due:
        if closed_by(edge, window, zone, calendar) is not None:
            return max(slot, edge - timedelta(seconds=1))
        edge += MINUTE
    return due


def _is_open_throughout(
    slot: datetime, due: datetime, window: SendWindow | None, zone: ZoneInfo, calendar: Calendar
) -> bool:
    """Say of minutes of one day whose first is open whether all of them surely are: the usual case, told at once."""
    begins, ends = slot.astimezone(zone), due.astimezone(zone)
    if begins.date() != ends.date() or begins.utcoffset() != ends.utcoffset():
        return False
    first, last = begins.hour * HOUR + begins.minute, ends.hour * HOUR + ends.minute
    if calendar.quiet is not None and calendar.quiet.covers(last):
        return False
    return any(opens <= first and last < closes for opens, closes in _spans(window, calendar.quiet))
