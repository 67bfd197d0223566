"""Check a run from the outside: `check(evidence)` returns every law it broke. Imports nothing of the app."""

from __future__ import annotations

from tests.checker.books import books
from tests.checker.evidence import Evidence, Violation
from tests.checker.outside import outside


def check(evidence: Evidence) -> list[Violation]:
    """Return the violations; none means: 0 lost, 0 duplicate, 0 silent, nothing when it must not be."""
    return [*outside(evidence), *books(evidence)]
