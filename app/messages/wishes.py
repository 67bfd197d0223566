"""Read what a person chose to hear about."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Preference
from app.kit.work import entered_shop


def topics_off(session: Session, customer_id: int | None) -> frozenset[str]:
    """Return the topics a customer switched off; the latest choice of each holds."""
    rows = session.scalars(
        select(Preference)
        .where(Preference.shop_id == entered_shop(session), Preference.customer_id == customer_id)
        .order_by(Preference.happened_at, Preference.id)
    )
    latest = {row.topic: row.value for row in rows}
    return frozenset(topic for topic, value in latest.items() if value == "off")
