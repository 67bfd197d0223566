"""What this layer holds of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.address import address_hash
from app.customers.models import ConsentEntry, Customer, Preference, Suppression
from app.kit.work import entered_shop


def export(session: Session, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the person's own data, consent and choices, as JSON values."""
    shop_id = entered_shop(session)
    people = session.scalars(
        select(Customer).where(Customer.shop_id == shop_id, Customer.id.in_(customer_ids)).order_by(Customer.id)
    ).all()
    stops = session.scalars(
        select(Suppression)
        .where(Suppression.shop_id == shop_id)
        .where(Suppression.address_hash.in_([address_hash(row.email) for row in people if row.email]))
        .order_by(Suppression.id)
    )
    consents = session.scalars(
        select(ConsentEntry).where(ConsentEntry.shop_id == shop_id, ConsentEntry.customer_id.in_(customer_ids))
    )
    choices = session.scalars(
        select(Preference).where(Preference.shop_id == shop_id, Preference.customer_id.in_(customer_ids))
    )
    return [
        *(
            {
                "kind": "stop",
                "scope": row.scope.value,
                "reason": row.reason,
                "detail": row.detail,
                "at": row.happened_at.isoformat(),
            }
            for row in stops
        ),
        *(
            {
                "kind": "customer",
                "email": row.email,
                "first_name": row.first_name,
                "last_name": row.last_name,
                "locale": row.locale,
                "country": row.country,
                "province": row.province,
                "merged_at": row.merged_at.isoformat() if row.merged_at else None,
            }
            for row in people
        ),
        *(
            {
                "kind": "consent",
                "state": row.state,
                "level": row.opt_in_level,
                "source": row.source,
                "text": row.text_version,
                "at": row.happened_at.isoformat(),
                "received_at": row.received_at.isoformat(),
            }
            for row in consents
        ),
        *(
            {
                "kind": "choice",
                "topic": row.topic,
                "product": row.product_shopify_id,
                "value": row.value,
                "until": row.until.isoformat() if row.until else None,
                "source": row.source,
                "at": row.happened_at.isoformat(),
            }
            for row in choices
        ),
    ]
