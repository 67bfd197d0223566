"""What Shopify keeps out of sight: deliveries, the clock, faults, and mail received."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from devstore.state.base import Base


class WebhookDelivery(Base):
    """One delivery of one webhook to one address, with its original bytes and its outcome."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("webhook_delivery_waiting", "id", postgresql_where=text("state = 'waiting'")),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    shop_domain: Mapped[str]
    topic: Mapped[str]
    url: Mapped[str]
    name: Mapped[str | None]
    api_version: Mapped[str]
    webhook_id: Mapped[str]
    event_id: Mapped[str]
    triggered_at: Mapped[datetime]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    # waiting, delivered, failed (all tries used), lost (a fault took it)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    # Due as soon as either clock reaches its mark.
    due_store: Mapped[datetime]
    due_real: Mapped[datetime]
    status: Mapped[int | None]
    ms: Mapped[int | None]
    error: Mapped[str | None]
    finished_at: Mapped[datetime | None]


class Clock(Base):
    """The one row that shifts the store's time: real time + ``offset_seconds``."""

    __tablename__ = "clock"
    STAYS = True

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset_seconds: Mapped[int] = mapped_column(default=0)


class Faults(Base):
    """The one row of webhook faults; all off by default, repeatable by ``seed``."""

    __tablename__ = "faults"
    STAYS = True

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lose: Mapped[float] = mapped_column(default=0.0)
    copies: Mapped[int] = mapped_column(default=1)
    shuffle_seconds: Mapped[float] = mapped_column(default=0.0)
    delay_seconds: Mapped[float] = mapped_column(default=0.0)
    seed: Mapped[int] = mapped_column(default=1)
    # How many deliveries have been drawn since the seed was set.
    drawn: Mapped[int] = mapped_column(default=0)


class Mail(Base):
    """One mail the sink accepted for one recipient; its parts are read from `raw` when somebody looks."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    # The same key as in the sink's log, so keeping a mail twice is impossible.
    sink_key: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    received_real: Mapped[datetime]
    mail_from: Mapped[str]
    recipient: Mapped[str] = mapped_column(index=True)
    sender: Mapped[str]
    subject: Mapped[str]
    message_id: Mapped[str | None]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    read: Mapped[bool] = mapped_column(default=False)


class SinkPosition(Base):
    """How far a log of the sink has been brought into the inbox, in bytes."""

    __tablename__ = "sink_position"

    log: Mapped[str] = mapped_column(primary_key=True)
    offset: Mapped[int]


class Seeded(Base):
    """Which seeds have been planted, so that each is planted once."""

    __tablename__ = "seeded"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Planned(Base):
    """Something the world will do by itself, `hours` after the app was installed in the shop."""

    __tablename__ = "planned"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    hours: Mapped[float]
    # scan: a carrier's event for `subject`, a fulfilment
    act: Mapped[str]
    subject: Mapped[int]
    words: Mapped[dict[str, Any]]


class Visit(Base):
    """What one simulated shopper does about one mail, once the store's clock reaches `due_at`."""

    __tablename__ = "visit"

    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"), primary_key=True)
    # reader, spammer, scanner
    role: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    # waiting, done, failed (the app did not answer three times)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    # one entry a request: [method, path, status]
    requests: Mapped[list[Any]] = mapped_column(default=list)


class TopicLoss(Base):
    """How likely deliveries of one topic are lost, in place of the general share."""

    __tablename__ = "topic_loss"

    topic: Mapped[str] = mapped_column(primary_key=True)
    share: Mapped[float]


class Redaction(Base):
    """That shop/redact was sent for one uninstall of a shop."""

    __tablename__ = "redaction"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), primary_key=True, autoincrement=False)
    uninstalled_at: Mapped[datetime] = mapped_column(primary_key=True)
