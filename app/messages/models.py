"""Tables of messages and what became of them. A step speaks once about an item: the constraint says so."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, EnumText, ShopOwned


class MessageState(StrEnum):
    """Say what became of a message. `unknown` is never resent by itself."""

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class AttemptState(StrEnum):
    """Say how far one try came. Only `handoff` can turn into `unknown`; `blocked` says nothing about the message."""

    PREPARED = "prepared"
    HANDOFF = "handoff"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    BLOCKED = "blocked"  # the shop or everybody was refused: this message's own tries are not used up by it
    UNKNOWN = "unknown"


class Message(ShopOwned, Base):
    """Hold one mail to one person. Its words are rendered at send time and not kept."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("shop_id", "follow_up_id"),
        UniqueConstraint("shop_id", "public_id"),
        Index("ix_message_customer", "shop_id", "customer_id"),
        Index("ix_message_accepted", "shop_id", "accepted_at"),
        Index("ix_message_recipient", "shop_id", "recipient"),
    )

    follow_up_id: Mapped[int]  # flows is above; no foreign key reaches up
    order_id: Mapped[int | None]
    customer_id: Mapped[int | None]
    public_id: Mapped[str]  # not to be guessed; what links and the Message-ID carry: flows/facts/mail_names.py
    step: Mapped[str]
    message_class: Mapped[str]
    recipient: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str | None]
    substance: Mapped[str | None]  # names what it says, to know the same words again
    optional: Mapped[bool] = mapped_column(
        default=False, server_default="false"
    )  # an unsubscribe would have stopped it
    arm: Mapped[str | None]
    state: Mapped[MessageState] = mapped_column(EnumText(MessageState))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # when it was last handed off, business time: what a person's measure counts
    accepted_at: Mapped[datetime | None]


class MessageItem(ShopOwned, Base):
    """Name what a message speaks about. Unique: a step speaks once about an order line or subject."""

    __tablename__ = "message_item"
    __table_args__ = (
        UniqueConstraint("shop_id", "item_kind", "item_id", "step"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["message.shop_id", "message.id"], ondelete="CASCADE"),
        Index("ix_message_item_message", "shop_id", "message_id"),
    )

    message_id: Mapped[int] = mapped_column(BigInteger)
    item_kind: Mapped[str]  # order_line | order | fulfillment
    item_id: Mapped[int]
    step: Mapped[str]


class Attempt(ShopOwned, Base):
    """Record one try to hand a message over. Instants are real time."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("shop_id", "message_id", "n"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["message.shop_id", "message.id"], ondelete="CASCADE"),
        Index("ix_attempt_open", "started_at", postgresql_where="state in ('prepared', 'handoff')"),
    )

    message_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(Integer)
    state: Mapped[AttemptState] = mapped_column(EnumText(AttemptState))
    fence: Mapped[int]
    started_at: Mapped[datetime]
    handoff_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    reply_code: Mapped[int | None] = mapped_column(Integer)
    reply: Mapped[str | None]  # the receiver's words, addresses taken out


class MessageEvent(ShopOwned, Base):
    """Append what was heard of a message: opens, clicks and looks with their grade, unsubscribes."""

    __tablename__ = "message_event"
    __table_args__ = (
        UniqueConstraint("shop_id", "message_id", "kind", "source_key"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["message.shop_id", "message.id"], ondelete="CASCADE"),
    )

    message_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]  # open | click | page | unsubscribe
    grade: Mapped[str]  # human | likely | machine
    target: Mapped[str | None]
    source_key: Mapped[str]  # which hit it was read from: applying a hit twice is a no-op
    happened_at: Mapped[datetime]


class TrackedLink(ShopOwned, Base):
    """Hold where a click goes. The target is looked up here, never taken from the query."""

    __tablename__ = "tracked_link"
    __table_args__ = (
        UniqueConstraint("shop_id", "public_id"),
        UniqueConstraint("shop_id", "message_id", "purpose", "position"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["message.shop_id", "message.id"], ondelete="CASCADE"),
    )

    message_id: Mapped[int] = mapped_column(BigInteger)
    public_id: Mapped[str]
    purpose: Mapped[str]  # tracking | order | product
    position: Mapped[int] = mapped_column(Integer, default=0)
    target: Mapped[str]


class HitInbox(Base):
    """Append every open and click before it is graded. Platform table: the shop is inside the token."""

    __tablename__ = "hit_inbox"
    __table_args__ = (Index("ix_hit_inbox_new", "id", postgresql_where="applied_at is null"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token: Mapped[str]
    kind: Mapped[str]  # open | click | page
    happened_at: Mapped[datetime]
    traits: Mapped[dict[str, Any]]  # method, user agent cut short, which part of the mail; no address
    applied_at: Mapped[datetime | None]


class LoggedMail(Base):
    """Name one mail a mail server's log says it accepted, read after a restoration. Platform table, nobody named."""

    __tablename__ = "logged_mail"

    public_id: Mapped[str] = mapped_column(primary_key=True)
    accepted_at: Mapped[datetime | None]  # as the log has it
