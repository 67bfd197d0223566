"""Say in words what a replay came to."""

from __future__ import annotations

from collections.abc import Iterator

from app.flows.replay.compare import Compared
from app.flows.replay.report import Difference, Report
from app.flows.words.count_words import counted

SHOWN = 20  # of a list, before it only says how many more


def report_words(found: Report) -> Iterator[str]:
    """Yield the head figure, then the days, then what was not sent and why."""
    not_sent = sum(found.not_sent.values())
    yield f"{counted(found.messages, 'message')} to {counted(found.people, 'person', 'people')}; {not_sent:,} not sent."
    for day, classes in found.days.items():
        yield f"  {day:%Y-%m-%d}  " + ", ".join(f"{name} {count:,}" for name, count in sorted(classes.items()))
    if found.not_sent:
        yield "Not sent:"
    for reason, count in found.not_sent.items():
        yield f"  {reason}: {count:,}"
    if found.waiting:
        yield counted(found.waiting, "message still waits", "messages still wait") + " at the end."
    yield f"Put off for room: {found.capped:,} times. Said already, or together with another: {found.collided:,} times."


def difference_words(found: Difference) -> Iterator[str]:
    """Yield what the flow does differently from the version it is compared with."""
    for name, things in (
        ("added", found.added),
        ("dropped", found.dropped),
        ("earlier", found.earlier),
        ("later", found.later),
    ):
        yield f"{name}: {len(things):,}"
        for _, kind, number, step, year in things[:SHOWN]:
            yield f"  {step} about {kind} {number}" + (f", year {year}" if year else "")


def compared_words(found: Compared) -> Iterator[str]:
    """Yield how many things agree, and each that does not."""
    yield f"{found.same:,} the same, {counted(len(found.others), 'difference')}."
    for (step, kind, number), really, replayed in found.others:
        was = f"left {really:%Y-%m-%d %H:%M}" if really else "never left"
        would = f"sends it {replayed:%Y-%m-%d %H:%M}" if replayed else "is silent"
        yield f"  {step} about {kind} {number}: {was}; the replay {would}"
