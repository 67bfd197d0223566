"""Keep what somebody at the shop decided by hand about single messages: who, what and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.models import Deed, Did
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop


def keep_deeds(session: Session, follow_ups: Collection[int], kind: Did, now: datetime, *, by: str) -> None:
    """Append the same deed for each of these follow-ups; for none, nothing."""
    shop = entered_shop(session)
    rows = [
        {"shop_id": shop, "follow_up_id": each, "kind": kind, "done_by": by, "done_at": now}
        for each in sorted(follow_ups)
    ]
    if rows:
        one_trip(session, [insert_rows(Deed, rows)])
