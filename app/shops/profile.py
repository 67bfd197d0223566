"""Keep what a shop is called and where it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.shopify.payloads.people import ShopFacts
from app.shops.models import ShopProfile


def record_profile(session: Session, facts: ShopFacts, *, seen_at: datetime) -> None:
    """Upsert the profile; facts older than the stored ones change nothing, and what is untold stays."""
    at = facts.updated_at or seen_at
    told = {
        "shopify_id": facts.shopify_id,
        "name": facts.name,
        "contact_email": facts.contact_email,
        "currency": facts.currency,
        "country": facts.country,
        "address": facts.address,
        "source_updated_at": at,
    }
    told |= {
        name: value
        for name, value in (
            ("timezone", facts.timezone),
            ("primary_url", facts.primary_url),
            ("locale", facts.locale),
        )
        if value is not None
    }
    first = {"timezone": "Etc/UTC", "primary_url": f"https://{facts.domain}", "locale": "en", "data_access": True}
    row = insert(ShopProfile).values(first | told | {"shop_id": entered_shop(session)})
    session.execute(
        row.on_conflict_do_update(index_elements=["shop_id"], set_=told, where=ShopProfile.source_updated_at <= at),
    )
