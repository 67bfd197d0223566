"""Pick a few examples of each thing a replay came to, so that figures can be looked behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.flows.replay.report import Outcome, Thing

MOST: Final = 5  # of each kind
SENT, NOT_SENT = "sent", "not_sent"  # before a dot and the step, or the reason
ADDED, DROPPED, EARLIER, LATER = "added", "dropped", "earlier", "later"


@dataclass(frozen=True, slots=True)
class Sample:
    """Name one message: about which order (our id), which step, when by the replay, when by the other version."""

    order_id: int
    step: str
    at: datetime | None
    was: datetime | None = None


Samples = Mapping[str, Sequence[Sample]]


def samples(found: Iterable[Outcome], before: Iterable[Outcome] | None, since: datetime) -> Samples:
    """Return examples of what `found` sent and left out since then and, where there is another, of the differences."""
    new = {each.thing: each for each in found if each.at >= since}
    picked: dict[str, list[Sample]] = defaultdict(list)
    for each in new.values():
        if each.sent or each.over:
            kind = f"{SENT}.{each.thing[3]}" if each.sent else f"{NOT_SENT}.{each.reason}"
            picked[kind].append(Sample(each.order_id, each.thing[3], each.at))
    if before is not None:
        _differing(picked, new, {each.thing: each for each in before if each.at >= since})
    return {kind: _first(some) for kind, some in picked.items()}


def both(some: Samples, others: Samples) -> Samples:
    """Return examples of both."""
    return {kind: _first((*some.get(kind, ()), *others.get(kind, ()))) for kind in sorted({*some, *others})}


def _differing(
    picked: dict[str, list[Sample]],
    new: Mapping[Thing, Outcome],
    old: Mapping[Thing, Outcome],
) -> None:
    for thing in {*new, *old}:
        after, before = new.get(thing), old.get(thing)
        at = after.at if after is not None and after.sent else None
        was = before.at if before is not None and before.sent else None
        about = after or before
        if about is None or at == was:
            continue
        kind = ADDED if was is None else DROPPED if at is None else EARLIER if at < was else LATER
        picked[kind].append(Sample(about.order_id, about.thing[3], at, was))


def _first(some: Iterable[Sample]) -> tuple[Sample, ...]:
    return tuple(sorted(some, key=lambda each: (each.at or each.was, each.order_id, each.step))[:MOST])
