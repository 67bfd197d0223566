"""A shop whose decisions were made by the app itself: asked, refused, postponed, held; then read back."""

from sqlalchemy import select

from app.flows.models import Decision
from app.flows.rules.guard import RULE_VERSION, decide
from app.flows.rules.recorded import OUTCOMES, Recorded
from app.flows.timing.limits import Limits


def kept(row):
    return Recorded(row.decided_at, row.outcome, row.rule, row.reason, row.until, row.facts, row.rule_version)


def differing(people):
    """Return (how many decisions are kept, those that come out otherwise when decided again from what was kept)."""
    with people.work() as session:
        rows = list(session.scalars(select(Decision).order_by(Decision.id)))
        found = []
        for row in rows:
            assert row.rule_version == RULE_VERSION
            facts = kept(row).read_facts()
            again = decide(facts, Limits(), row.decided_at)
            told = (
                OUTCOMES[type(again)],
                getattr(again, "rule", None),
                again.reason.value if hasattr(again, "reason") else None,
                getattr(again, "until", None),
                list(again.passed),
            )
            if told != (row.outcome, row.rule, row.reason, row.until, kept(row).passed):
                found.append((row.id, told))
        return len(rows), found
