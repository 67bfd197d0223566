"""Facts go up: a verb emits what happened, and whoever wiring named reacts inside the same transaction.

Inside the transaction, because a reaction queued after the commit is lost when the process dies in between.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session


def emit(session: Session, event: Any) -> None:
    """Hand `event` to the subscribers wiring lists for its class, in that order."""
    for subscriber in session.info["runtime"].subscribers.get(type(event), ()):
        subscriber(session, event)
