"""Tell a collision of two transactions from any other fault: the database ended one of them, and it may try again."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

STATES = frozenset({"40P01", "40001"})  # deadlock detected, serialization failure


def has_collided(failure: BaseException) -> bool:
    """Return whether the same work, begun anew, may well succeed at once."""
    return isinstance(failure, DBAPIError) and getattr(failure.orig, "sqlstate", None) in STATES
