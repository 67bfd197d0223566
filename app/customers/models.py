"""Tables of the person. Consent and preferences are append-only: what held when is never overwritten."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Label, Text, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import AS_WRITTEN, Base, EnumText, ShopOwned


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
        Index("ix_customer_merged_into", "shop_id", "merged_into", postgresql_where="merged_into is not null"),
    )

    shopify_id: Mapped[int | None]
    email: Mapped[str | None]  # normalised: trimmed, lower case
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    locale: Mapped[str | None]
    country: Mapped[str | None]  # ISO 3166-1 alpha-2
    province: Mapped[str | None]  # Shopify's province code
    tags: Mapped[str] = mapped_column(default="", server_default="")  # comma-separated; only the Admin API tells them
    source_updated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    merged_into: Mapped[int | None]  # our id of the customer who was kept, the last one of a chain
    merged_at: Mapped[datetime | None]  # the last merge on the way there


class ConsentEntry(ShopOwned, Base):
    """Record one statement about marketing consent and how it was made. What holds now, app.customers.ledger says."""

    __tablename__ = "consent_entry"
    __table_args__ = (
        UniqueConstraint(
            *("shop_id", "customer_id", "said_of", "channel", "happened_at", "state", "source"),
            name="uq_consent_entry_statement",
        ),
        AS_WRITTEN,
    )

    customer_id: Mapped[int]
    said_of: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # our id of the merged customer it was made as; 0: their own
    joined_at: Mapped[datetime | None]  # when that customer was merged into this one
    channel: Mapped[str]  # email
    state: Mapped[str]  # subscribed | unsubscribed | pending | not_subscribed
    opt_in_level: Mapped[str | None]  # Shopify's: single_opt_in | confirmed_opt_in | unknown
    source: Mapped[str]  # of ledger.Source
    text_version: Mapped[str | None]  # names the words we showed, where we showed any
    ip_hash: Mapped[str | None]  # salted, where a person acted; goes with the person
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Preference(ShopOwned, Base):
    """Record one choice a person made on a signed page or a merchant made for them. Append-only."""

    __tablename__ = "preference"
    __table_args__ = (Index("ix_preference_customer", "shop_id", "customer_id"), AS_WRITTEN)

    customer_id: Mapped[int]
    topic: Mapped[str]  # of wish_topics: a Topic, EVERYTHING, FREQUENCY or PRODUCT
    product_shopify_id: Mapped[int | None]  # of PRODUCT alone
    value: Mapped[str]  # on | off | paused | resumed; of FREQUENCY an AtMost
    until: Mapped[datetime | None]
    source: Mapped[str]
    done_by: Mapped[str | None]  # who at the shop, where a merchant chose
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
