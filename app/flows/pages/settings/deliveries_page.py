"""Say what the choices for parcels mean with the parcels of this shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.words.count_words import counted
from app.kit.work import entered_shop
from app.orders.lanes.arrivals import OLD, Counts
from app.orders.lanes.book import fitted
from app.orders.lanes.curve import cell, days_beyond
from app.orders.lanes.infer import share_beyond
from app.orders.lanes.models import Lane
from app.orders.lanes.outlook import FEWEST
from app.orders.lanes.plain import counts_of_json
from app.orders.lanes.settings import RISKS, Deliveries
from app.shops.settings import load

CHOICES: Final = {5: "At most 5 %", 10: "At most 10 %", 20: "At most 20 %", 0: "Never guess"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One risk a merchant can choose, and what it means today."""

    value: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Silence:
    """How many parcels old enough were never reported, and the choices."""

    words: str
    choices: tuple[Choice, ...]


def parcel_words(session: Session) -> str:
    """Return in one sentence what is chosen for parcels nobody reports."""
    risk = load(session, Deliveries).risk_percent
    if risk not in RISKS:
        return "Parcels nobody reports wait for the latest day of each message."
    return f"Parcels nobody reports count as arrived once that is {100 - risk} % sure by your own parcels."


def silence(session: Session) -> Silence:
    """Return what the shop's own parcels say about each choice."""
    rows = session.scalars(select(Lane).where(Lane.shop_id == entered_shop(session))).all()
    counts = [counts_of_json(row.counts) for row in rows]
    old, silent = sum(one.old for one in counts), sum(_silent(one) for one in counts)
    if not old:
        words = "No parcel is old enough yet to say how often carriers stay silent. Until then nothing is guessed."
    else:
        never = "none was" if not silent else f"{silent} {'was' if silent == 1 else 'were'}"
        words = f"Of {counted(old, 'parcel')} sent more than four weeks ago, {never} never reported as arrived."
    choices = [Choice(str(value), CHOICES[value], _meaning(rows, counts, value)) for value in (*RISKS, 0)]
    return Silence(words, tuple(choices))


def _silent(counts: Counts) -> int:
    return sum(counts.out[cell(OLD) :])


def _meaning(rows: Sequence[Lane], counts: list[Counts], percent: int) -> str:
    """Return how much later than usual the silent parcels' people are asked at a risk."""
    if percent == 0:
        return "Whoever's parcel is not reported is asked on the latest day of each message."
    days = weight = left = 0.0
    for row, one in zip(rows, counts, strict=True):
        lane, silent = fitted(row), _silent(one)
        share = share_beyond(lane, percent / 100)
        if silent and lane.parcels >= FEWEST and share is not None:
            days += silent * (days_beyond(lane.curve, share) - days_beyond(lane.curve, 0.5))
            weight += silent
        else:
            left += silent
    if not weight:
        return ""
    later = counted(round(days / weight), "working day")
    told = f"{counted(int(weight), 'of them', 'of them')} would count as arrived {later} after the usual day."
    return f"{told} {counted(int(left), 'waits', 'wait')} for the latest day." if left else told
