"""Say when a parcel nobody reports has arrived with the probability asked for. Pure.

Silence is evidence too. On a lane where nine arrivals of ten are reported, a parcel without a report has most likely
not arrived, however late it is; on one that never reports, silence says nothing. With G the share of the parcels still
on their way at the last scan that takes longer than t, r the share of arrivals reported, l the share lost from there:

    not there and silent    N = (1 - l) G(t) + l
    there and silent        A = (1 - l) (1 - r) (1 - G(t))

and the answer is the first t at which N / (N + A) is no more than the risk. There may be none: then nothing is
inferred, and the latest day decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.curve import beyond, days_beyond
from app.orders.lanes.expect import Fitted


@dataclass(frozen=True, slots=True)
class Range:
    """Two instants between which a parcel is expected."""

    first: datetime
    last: datetime


def likely_at(
    lane: Fitted, shipped_at: datetime, risk: float, calendar: WorkCalendar, *, seen_at: datetime | None = None
) -> datetime | None:
    """Return the instant (UTC) by which the parcel has arrived with probability 1 - `risk`, if nobody reports it.

    `seen_at` is the last scan that still had it on its way. None where silence never gets that convincing.
    """
    slower = beyond(lane.curve, calendar.elapsed(shipped_at, seen_at)) if seen_at else 1.0
    share = share_beyond(lane, risk)
    if share is None:
        return None
    return calendar.after(shipped_at, days_beyond(lane.curve, share * slower))


def share_beyond(lane: Fitted, risk: float) -> float | None:
    """Return what share may still be out when a silent parcel counts as arrived; None where it never does."""
    found, silent = 1 - lane.lost, 1 - lane.told
    share = (risk * silent * found - (1 - risk) * lane.lost) / (found * (1 - risk + risk * silent))
    return share if share > 0 else None


def expected(
    lane: Fitted, shipped_at: datetime, calendar: WorkCalendar, *, seen_at: datetime | None = None, share: float = 0.8
) -> Range:
    """Return the range (UTC) in which `share` of the parcels arrive that were still out at `seen_at`."""
    slower = beyond(lane.curve, calendar.elapsed(shipped_at, seen_at)) if seen_at else 1.0
    early, late = (1 + share) / 2 * slower, (1 - share) / 2 * slower
    first, last = (calendar.after(shipped_at, days_beyond(lane.curve, part)) for part in (early, late))
    return Range(first, last)
