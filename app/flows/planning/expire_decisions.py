"""Let go of old decisions: "Why?" answers for 400 days."""

from __future__ import annotations

from datetime import timedelta

from app.flows.models import Decision
from app.kit.clock import business_now
from app.kit.rows.in_batches import delete_some, in_batches
from app.kit.runtime import Runtime

KEPT = timedelta(days=400)


def expire_decisions(runtime: Runtime) -> int:
    """Delete decisions made more than 400 days ago; return how many. What became of each follow-up stays."""
    return in_batches(
        runtime,
        lambda session: delete_some(session, Decision, Decision.decided_at < business_now(session) - KEPT),
    )
