"""Who works on a row: a lease says until when, in real time, and ends by itself where its holder died."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute


def is_free(lease_until: InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
    """Return what holds of rows nobody works on: never leased, given back, or run out."""
    return or_(lease_until.is_(None), lease_until < func.now())
