"""Write a replay's answer as it is kept, and add answers of parts up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from app.flows.replay.question import Answer
from app.flows.replay.samples import Sample, Samples, both

COUNTS: Final = ("orders", "messages", "people", "waiting", "capped", "collided")
NONE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(COUNTS, 0), "days": {}, "not_sent": {}, "differs": {}, "samples": {},
}  # fmt: skip


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return one part's answer as it is kept: counts, and a few examples of each."""
    told, differs = answer.report, answer.difference
    return {
        "orders": answer.orders,
        "messages": told.messages,
        "people": told.people,
        "waiting": told.waiting,
        "capped": told.capped,
        "collided": told.collided,
        "days": {day.isoformat(): dict(classes) for day, classes in told.days.items()},
        "not_sent": dict(told.not_sent),
        "differs": {
            "added": len(differs.added),
            "dropped": len(differs.dropped),
            "earlier": len(differs.earlier),
            "later": len(differs.later),
        },
        "samples": _samples_json(answer.samples),
    }


def added_up(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answer of all parts, which share nobody."""
    whole = dict(NONE)
    for part in parts:
        whole = _sum(whole, part)
    return whole


def read_samples(raw: Mapping[str, Any]) -> Samples:
    """Return the examples an answer keeps."""
    return {
        kind: tuple(Sample(order, step, _instant(at), _instant(was)) for order, step, at, was in some)
        for kind, some in raw["samples"].items()
    }


def _sum(some: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        day: dict(Counter(some["days"].get(day, {})) + Counter(others["days"].get(day, {})))
        for day in sorted({*some["days"], *others["days"]})
    }
    return {
        **{name: some[name] + others[name] for name in COUNTS},
        "days": days,
        "not_sent": dict(Counter(some["not_sent"]) + Counter(others["not_sent"])),
        "differs": dict(Counter(some["differs"]) + Counter(others["differs"])),
        "samples": _samples_json(both(read_samples(some), read_samples(others))),
    }


def _samples_json(samples: Samples) -> dict[str, Any]:
    return {
        kind: [[each.order_id, each.step, _text(each.at), _text(each.was)] for each in some]
        for kind, some in samples.items()
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
