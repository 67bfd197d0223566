"""Say what to expect of one parcel: when it comes, when a silent one has come, from when on it is late. Pure.

A range has a source: what the carrier says, else the lane, else what the shop itself states; else nothing is promised.
A carrier's date that the carrier's own later scan has overtaken no longer counts. A parcel without tracking is never
late, nor one no carrier has seen yet, nor one on a lane that never tells, nor one that waits to be picked up. Of what
waits at the shop's own counter nothing is inferred either: transit times say nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.orders.arrival.delivery import ARRIVED, CARRIER_CLOCK_SLACK, DENIED, Scan
from app.orders.arrival.pickup import READY
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.expect import SILENT, Fitted, Level
from app.orders.lanes.infer import expected, likely_at

FEWEST: Final = 20  # arrivals below which nothing is promised or inferred by the shop's own lanes
SENT_BACK: Final = "failure"


class ExpectedBy(StrEnum):
    """Say where a range of delivery comes from, best first."""

    CARRIER = "carrier"
    LANE = "lane"
    SHOP = "shop"


class Late(StrEnum):
    """Say by what a parcel is late."""

    EXPECTED_PASSED = "expected_passed"
    NO_SCAN = "no_scan"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shop has chosen for parcels on this way. Days are working days.

    `risk` is the share that may be asked too early, `stated` the shop's own range, `quiet_days` how long no scan may
    come.
    """

    risk: float | None = 0.1
    stated: tuple[int, int] | None = None
    quiet_days: int = 3


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is known of one parcel. `says` is the carrier's own date; `done` once it has arrived or was cancelled.

    `waits` says that the shop shows it at its own counter.
    """

    shipped_at: datetime
    tracked: bool
    scans: Sequence[Scan]
    says: datetime | None = None
    waits: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected. `inferred_at` holds at `inferred_risk`; late counts from `late_at` on. All instants UTC."""

    expected_from: datetime | None = None
    expected_to: datetime | None = None
    expected_by: ExpectedBy | None = None
    inferred_at: datetime | None = None
    inferred_risk: float | None = None
    inferred_by: Level | None = None
    late_at: datetime | None = None
    late_by: Late | None = None
    last_scan_at: datetime | None = None


NOTHING: Final = Outlook()


def outlook(parcel: Parcel, lane: Fitted | None, calendar: WorkCalendar, terms: Terms, now: datetime) -> Outlook:
    """Return what is expected of a parcel; nothing once it is done. `lane` is None where nothing was learned yet."""
    if parcel.done:
        return NOTHING
    live = [scan for scan in parcel.scans if not scan.deleted and scan.happened_at <= now + CARRIER_CLOCK_SLACK]
    last = max(live, key=_newest, default=None)
    refused = last is not None and last.status.lower() in DENIED
    if parcel.waits or (refused and last is not None and last.status.lower() == SENT_BACK):
        return Outlook(last_scan_at=last.happened_at if last else None)
    seen_at = max((scan.happened_at for scan in live if scan.status.lower() not in DENIED | ARRIVED), default=None)
    lane = lane if lane is not None and lane.parcels >= FEWEST else None
    inferred = None
    if lane is not None and terms.risk is not None and not refused:
        inferred = likely_at(lane, parcel.shipped_at, terms.risk, calendar, seen_at=seen_at)
    # At a carrier's counter it has come as far as it will by itself: how long it lies there is the buyer's to say.
    is_there = last is not None and last.status.lower() == READY
    first, until, by = (None, None, None) if refused or is_there else _range(parcel, lane, calendar, terms, seen_at)
    late_at, late_by = (None, None) if is_there else _late(parcel, calendar, terms, last, until)
    if late_at is not None and (_is_silent(lane) or (inferred is not None and inferred <= late_at)):
        late_at, late_by = None, None  # no news is what this lane tells of every parcel
    return Outlook(
        expected_from=first,
        expected_to=until,
        expected_by=by,
        inferred_at=inferred,
        inferred_risk=terms.risk if inferred else None,
        inferred_by=lane.level if lane and inferred else None,
        late_at=late_at,
        late_by=late_by,
        last_scan_at=last.happened_at if last else None,
    )


def _range(
    parcel: Parcel, lane: Fitted | None, calendar: WorkCalendar, terms: Terms, seen_at: datetime | None
) -> tuple[datetime | None, datetime | None, ExpectedBy | None]:
    since = seen_at or parcel.shipped_at
    if parcel.says is not None and parcel.says > since:
        return parcel.says, parcel.says, ExpectedBy.CARRIER
    if parcel.tracked and lane is not None:
        found = expected(lane, parcel.shipped_at, calendar, seen_at=seen_at)
        return found.first, found.last, ExpectedBy.LANE
    if terms.stated is None:
        return None, None, None
    first, last = (calendar.after(parcel.shipped_at, days) for days in terms.stated)
    return (first, last, ExpectedBy.SHOP) if last > since else (None, None, None)


def _late(
    parcel: Parcel, calendar: WorkCalendar, terms: Terms, last: Scan | None, until: datetime | None
) -> tuple[datetime | None, Late | None]:
    """Return from when on it is late: past the end of the last day expected, or too long without a scan.

    What a carrier says has arrived is not late, though its clock be ahead of ours and it is not done yet.
    """
    if not parcel.tracked or last is None or last.status.lower() in ARRIVED:
        return None, None
    quiet = calendar.after(last.happened_at, terms.quiet_days)
    if until is None:
        return quiet, Late.NO_SCAN
    day = until.astimezone(calendar.zone).date() + timedelta(days=1)
    passed = datetime.combine(day, time(), calendar.zone).astimezone(until.tzinfo)
    return (passed, Late.EXPECTED_PASSED) if passed <= quiet else (quiet, Late.NO_SCAN)


def _newest(scan: Scan) -> tuple[datetime, bool, str]:
    """Return what scans are ordered by: of two at one instant the refusal counts, as it does for arrivals."""
    status = scan.status.lower()
    return scan.happened_at, status in DENIED, status


def _is_silent(lane: Fitted | None) -> bool:
    return lane is not None and lane.told < SILENT
