"""Tables of the platform layer: the webhook inbox, OAuth state and outgoing calls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Float, Identity, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, EnumText, ShopOwned, Turn


class InboxState(StrEnum):
    """Say how far a received webhook has come."""

    RECEIVED = "received"
    WAITING_FOR_SHOP = "waiting_for_shop"
    APPLIED = "applied"
    PARKED = "parked"


class WebhookInbox(Base):
    """Keep every verified webhook before it is answered. Platform table: the shop may not be known yet."""

    __tablename__ = "webhook_inbox"
    __table_args__ = (
        UniqueConstraint("shop_domain", "topic", "webhook_id"),  # a delivery is kept once, however often it is sent
        Index("ix_webhook_inbox_received", "id", postgresql_where="state = 'received'"),
        Index("ix_webhook_inbox_received_by_shop", "shop_domain", "id", postgresql_where="state = 'received'"),
        Index("ix_webhook_inbox_waiting", "shop_domain", postgresql_where="state = 'waiting_for_shop'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_domain: Mapped[str]
    topic: Mapped[str]
    webhook_id: Mapped[str]
    event_id: Mapped[str | None]
    triggered_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)  # zlib
    state: Mapped[InboxState] = mapped_column(EnumText(InboxState))
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


class OAuthState(Base):
    """Remember one use of the authorization-code grant, for ten minutes."""

    __tablename__ = "oauth_state"

    state: Mapped[str] = mapped_column(primary_key=True)
    shop_domain: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CallState(StrEnum):
    """Say how far an outgoing Shopify call has come."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class OutgoingCall(ShopOwned, Base):
    """Hold one write to Shopify by its natural key: a lost reply is adopted, not repeated."""

    __tablename__ = "outgoing_call"
    __table_args__ = (
        UniqueConstraint("shop_id", "natural_key"),
        Index("ix_outgoing_call_due", "next_at", postgresql_where="state = 'pending'"),
    )

    natural_key: Mapped[str]  # "review_summary:<product id>"
    kind: Mapped[str]  # which runner, named in wiring
    payload: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(Integer, default=1)  # raised when the content changes while a call is out
    done_revision: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[CallState] = mapped_column(EnumText(CallState))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime]  # real time
    lease_until: Mapped[datetime | None]
    reason: Mapped[str | None]


class SyncCursor(Turn, Base):
    """Say up to which change of a shop we know everything, and when to ask again. Business time; one row a shop."""

    __tablename__ = "sync_cursor"
    __table_args__ = (UniqueConstraint("shop_id"), Index("ix_sync_cursor_next_at", "next_at"))

    known_until: Mapped[datetime]  # every change before this instant is here
    page: Mapped[str | None]  # Shopify's cursor inside the pass under way: a stopped pass goes on where it was
    stage: Mapped[str]  # shop | products | customers | orders | deletions
    pass_started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]  # of the last whole pass
    last_fault: Mapped[str | None]
    week_at: Mapped[datetime | None]  # when a pass next goes back a week whatever the cursor says
    points: Mapped[float | None] = mapped_column(Float)  # of the allowance, at `points_at`; None before the first
    points_at: Mapped[datetime | None]
    rate: Mapped[float | None] = mapped_column(Float)  # points a second Shopify restores, as last told
    changed: Mapped[int] = mapped_column(Integer, default=0)  # orders this pass found changed
    unheard: Mapped[int] = mapped_column(Integer, default=0)  # of those, what no webhook had told in time
    silent: Mapped[list[Any] | None]  # topics the last audit heard nothing by
