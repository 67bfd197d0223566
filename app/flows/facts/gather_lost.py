"""Gather what may have become of mails while the database was one we no longer have.

A restored database does not know what was sent since its copy was made. A mail server's log, where one was read, does;
where none was, whatever was due by then may have left, and counts as such: never twice, and not in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.facts.mail_names import Run, mail_names
from app.flows.language.steps import Step
from app.flows.models import FollowUp
from app.flows.rules.decision import Sent
from app.kit.models import Restoration
from app.kit.runtime import Runtime
from app.messages.logged import logged


@dataclass(frozen=True, slots=True)
class Lost:
    """Say what a forgotten message of a follow-up's came to, under which name, and when it was accepted."""

    sent: Sent
    name: str
    at: datetime | None


def lost(session: Session, restorations: Sequence[Restoration], planned: Sequence[tuple[Run, Step]]) -> dict[int, Lost]:
    """Return by id the follow-ups whose message left, or may have, in a time the database has forgotten."""
    if not restorations:
        return {}
    runtime: Runtime = session.info["runtime"]
    names = mail_names(session, runtime.config.link_keys, [run for run, _ in planned])
    heard = logged(session, [name for each in names.values() for name in each])
    doubted = [each.lost_until for each in restorations if not each.log_is_whole]
    found: dict[int, Lost] = {}
    for (row, *_), step in planned:
        known = next((name for name in names[row.id] if name in heard), None)
        if known is not None:
            found[row.id] = Lost(Sent.ACCEPTED, known, heard[known] or restorations[-1].lost_until)
        elif any(_was_due(row, step, until) for until in doubted):
            found[row.id] = Lost(Sent.UNKNOWN, names[row.id][0], None)
    return found


def _was_due(row: FollowUp, step: Step, until: datetime) -> bool:
    """Say whether it could have left by then: as it was planned, or as it would have been had we known.

    What somebody has had planned again since was known to them to be in doubt.
    """
    if row.again_at is not None and row.again_at > until:
        return False
    return min(row.due_at, row.expires_at - step.max_age) <= until
