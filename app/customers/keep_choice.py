"""Append one choice about mail, a person's own or a merchant's for them. Nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.customers.models import Preference
from app.kit.clock import business_now
from app.kit.work import entered_shop


def keep_choice(
    session: Session,
    customer_id: int,
    topic: str,
    value: str,
    source: str,
    *,
    until: datetime | None = None,
    product: int | None = None,
    by: str | None = None,
) -> None:
    """Append a choice as of now. `topic` and `value` are those of wish_topics, `product` is Shopify's id of one.

    `by` names who at the shop chose, where it was not the person.
    """
    session.add(
        Preference(
            shop_id=entered_shop(session),
            customer_id=customer_id,
            topic=topic,
            product_shopify_id=product,
            value=value,
            until=until,
            source=source,
            done_by=by,
            happened_at=business_now(session),
        ),
    )
    session.flush()
