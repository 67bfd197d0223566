"""Let one optional message per person into a hand-off: the next one is decided when it counts. Asks nobody.

Messages handed off together are decided by what was committed before all of them. Two to the same person would each
find room for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.flows.facts.grounds import Grounds
from app.flows.rules.turn import priority
from app.messages.outbox import Prepared


def one_each(group: Sequence[Prepared]) -> tuple[list[Prepared], list[Prepared]]:
    """Return who goes now, in the order given, and who waits for the others to the same person."""
    taken: set[int | str] = set()
    waits: set[int] = set()
    for prepared in sorted(group, key=_rank):
        grounds = prepared.grounds
        if not isinstance(grounds, Grounds) or grounds.facts.step.is_news:
            continue
        if taken & grounds.keys:
            waits.add(prepared.message_id)
        taken |= grounds.keys
    return (
        [each for each in group if each.message_id not in waits],
        [each for each in group if each.message_id in waits],
    )


def _rank(prepared: Prepared) -> tuple[int, datetime, int]:
    facts = prepared.grounds.facts if isinstance(prepared.grounds, Grounds) else None
    if facts is None:
        return 0, datetime.min.replace(tzinfo=UTC), prepared.follow_up_id
    return -priority(facts.step), facts.follow_up.expires_at, prepared.follow_up_id
