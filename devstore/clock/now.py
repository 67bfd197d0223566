"""Tell the time: the machine's, and the store's."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from devstore.state.models import Clock


def real_now() -> datetime:
    """Return the machine's time; tokens, signatures and time-outs use it."""
    return datetime.now(UTC)


def offset(session: Session) -> timedelta:
    """Return how far the store's clock runs ahead."""
    clock = session.get(Clock, 1)
    return timedelta(seconds=clock.offset_seconds if clock is not None else 0)


def store_now(session: Session) -> datetime:
    """Return the store's time in whole seconds: what every date in a payload is taken from."""
    return (real_now() + offset(session)).replace(microsecond=0)
