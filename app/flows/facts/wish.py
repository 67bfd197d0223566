"""Read what a person chose last about everything optional."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Preference
from app.kit.work import entered_shop

EVERYTHING: Final = "all"


def everything(session: Session, customer_id: int) -> Preference | None:
    """Return the latest choice about all optional mail."""
    return session.scalars(
        select(Preference)
        .where(Preference.shop_id == entered_shop(session), Preference.customer_id == customer_id)
        .where(Preference.topic == EVERYTHING)
        .order_by(Preference.happened_at.desc(), Preference.id.desc())
        .limit(1)
    ).one_or_none()
