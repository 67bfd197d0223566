"""Tell a collision of two transactions from any other fault: the database ended one of them, and it may try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")

TRIES: Final = 5
STATES: Final = frozenset({"40P01", "40001"})  # deadlock detected, serialization failure


def has_collided(failure: BaseException) -> bool:
    """Return whether the same work, begun anew, may well succeed at once."""
    return isinstance(failure, DBAPIError) and getattr(failure.orig, "sqlstate", None) in STATES


def anew_where_collided(work: Callable[[], Result]) -> Result:
    """Do work that is one transaction, and nothing besides, again where it collided; raise what the last try raised."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except DBAPIError as failure:
            if not has_collided(failure):
                raise
    return work()
