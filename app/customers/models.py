"""Tables of the person. Consent and preferences are append-only: what held when is never overwritten."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Label, Text, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, EnumText, ShopOwned


def begins_with(column: str) -> Index:
    """Return the index that finds a person by the beginning of a name, whatever the database's collation."""
    lowered: Label[str] = literal_column(f"lower({column})", Text()).label("lowered")
    return Index(f"ix_customer_{column}", "shop_id", lowered, postgresql_ops={"lowered": "text_pattern_ops"})


class Customer(ShopOwned, Base):
    """Know a person of one shop; a guest by normalised e-mail until Shopify's id arrives and adopts the row."""

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        Index("ix_customer_email", "shop_id", "email"),
        begins_with("first_name"),
        begins_with("last_name"),
    )

    shopify_id: Mapped[int | None]
    email: Mapped[str | None]  # normalised: trimmed, lower case
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    locale: Mapped[str | None]
    country: Mapped[str | None]  # ISO 3166-1 alpha-2
    province: Mapped[str | None]  # Shopify's province code
    source_updated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    merged_into: Mapped[int | None]


class ConsentEntry(ShopOwned, Base):
    """Record one statement about marketing consent, with its source. The latest by `happened_at` holds."""

    __tablename__ = "consent_entry"
    __table_args__ = (UniqueConstraint("shop_id", "customer_id", "channel", "happened_at", "state", "source"),)

    customer_id: Mapped[int]
    channel: Mapped[str]  # email
    state: Mapped[str]  # subscribed | unsubscribed | pending | not_subscribed
    source: Mapped[str]  # shopify_order | shopify_customer | our_link | merchant
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Preference(ShopOwned, Base):
    """Record one choice a person made on a signed page or a merchant made for them. Append-only."""

    __tablename__ = "preference"
    __table_args__ = (Index("ix_preference_customer", "shop_id", "customer_id"),)

    customer_id: Mapped[int]
    topic: Mapped[str]  # of wish_topics: a Topic, or EVERYTHING
    value: Mapped[str]  # on | off | paused
    until: Mapped[datetime | None]
    source: Mapped[str]
    happened_at: Mapped[datetime]


class SuppressionScope(StrEnum):
    """Say what a suppression stops."""

    ADDRESS = "address"  # nothing at all reaches a dead or complaining address
    OPTIONAL = "optional"  # everything but news of the order


class Suppression(ShopOwned, Base):
    """Stop mail to an address: hard bounce, complaint, unsubscribe. Locked and re-read in the hand-off transaction."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("shop_id", "address_hash", "scope"),)

    address_hash: Mapped[str]  # sha256 of the normalised address, so that an erased person stays suppressed
    scope: Mapped[SuppressionScope] = mapped_column(EnumText(SuppressionScope))
    reason: Mapped[str]  # hard_bounce | complaint | unsubscribed | erased
    detail: Mapped[str | None]  # the receiver's own words, without the address
    happened_at: Mapped[datetime]


class ErasureKind(StrEnum):
    """Say what was asked for by a compliance webhook."""

    EXPORT = "export"
    ERASE = "erase"
    ERASE_SHOP = "erase_shop"


class Erasure(ShopOwned, Base):
    """Record one request for a person's data or for its erasure, and what was done about it."""

    __tablename__ = "erasure"
    __table_args__ = (UniqueConstraint("shop_id", "kind", "request_key"),)

    kind: Mapped[ErasureKind] = mapped_column(EnumText(ErasureKind))
    request_key: Mapped[str]  # Shopify's data_request id, or a hash of the subject: a repeated request is one row
    customer_shopify_id: Mapped[int | None]
    customer_id: Mapped[int | None]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]  # for an export: what a merchant downloads; for an erasure: counts
