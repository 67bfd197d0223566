"""Append statements about marketing consent and read what holds now. Nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.models import ConsentEntry
from app.kit.among import among
from app.kit.work import entered_shop

EMAIL = "email"


def state_consent(
    session: Session, customer_id: int, *, state: str, source: str, happened_at: datetime, received_at: datetime
) -> None:
    """Append one statement; the same statement told twice is kept once."""
    session.execute(
        insert(ConsentEntry)
        .values(
            shop_id=entered_shop(session),
            customer_id=customer_id,
            channel=EMAIL,
            state=state,
            source=source,
            happened_at=happened_at,
            received_at=received_at,
        )
        .on_conflict_do_nothing(),
    )


def current(session: Session, customer_ids: list[int]) -> dict[int, str]:
    """Return the latest statement of each customer; who never stated anything is not in the result."""
    rows = session.execute(
        select(ConsentEntry.customer_id, ConsentEntry.state)
        .where(ConsentEntry.shop_id == entered_shop(session), among(ConsentEntry.customer_id, customer_ids))
        .where(ConsentEntry.channel == EMAIL)
        .order_by(ConsentEntry.customer_id, ConsentEntry.happened_at, ConsentEntry.id),
    )
    return {row.customer_id: row.state for row in rows}
