"""What this domain holds of a person, and how it is taken out. A holdout names nobody; it goes all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.experiments.models import Holdout
from app.kit.work import entered_shop


def export(session: Session, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the messages kept back from the person to measure by, as JSON values."""
    rows = session.scalars(
        select(Holdout).where(Holdout.shop_id == entered_shop(session), Holdout.customer_id.in_(customer_ids))
    )
    return [{"kind": "kept_back", "holdout": row.key, "at": row.would_send_at.isoformat()} for row in rows]
