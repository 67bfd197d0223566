"""Let go of raw opens and clicks: what they mean has been appended to their messages."""

from __future__ import annotations

from datetime import timedelta

from app.kit.clock import business_now
from app.kit.rows.in_batches import delete_some, in_batches
from app.kit.runtime import Runtime
from app.messages.models import HitInbox

KEPT = timedelta(days=90)


def expire_hits(runtime: Runtime) -> int:
    """Delete graded hits older than 90 days; return how many. One nobody has graded yet waits for that."""
    return in_batches(
        runtime,
        lambda session: delete_some(
            session, HitInbox, HitInbox.applied_at.is_not(None) & (HitInbox.happened_at < business_now(session) - KEPT)
        ),
    )
