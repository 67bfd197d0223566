"""Tables of flows. A published version is immutable; a run is pinned to its version."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import AS_WRITTEN, Base, EnumText, ShopOwned


class FlowState(StrEnum):
    """Say whether a flow speaks."""

    PAUSED = "paused"
    RUNNING = "running"


class FollowUpState(StrEnum):
    """Say how far one planned message has come."""

    SCHEDULED = "scheduled"
    CLAIMED = "claimed"
    HELD = "held"
    DONE = "done"


class Flow(ShopOwned, Base):
    """Hold one of the merchant's automations."""

    __tablename__ = "flow"
    __table_args__ = (UniqueConstraint("shop_id", "key"),)

    key: Mapped[str]  # "order" | "parcel"
    state: Mapped[FlowState] = mapped_column(EnumText(FlowState))
    version: Mapped[int] = mapped_column(Integer, default=1)  # the published one
    started_at: Mapped[datetime | None]
    include_from: Mapped[datetime | None]  # orders placed before this are not enrolled
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]


class FlowVersion(ShopOwned, Base):
    """Keep one published document for ever."""

    __tablename__ = "flow_version"
    __table_args__ = (
        UniqueConstraint("shop_id", "flow_id", "number"),
        ForeignKeyConstraint(["shop_id", "flow_id"], ["flow.shop_id", "flow.id"], ondelete="CASCADE"),
        AS_WRITTEN,
    )

    flow_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)
    document: Mapped[dict[str, Any]]  # app.flows.language.forms reads and writes it
    gone: Mapped[list[Any]] = mapped_column(server_default="[]")  # messages of older versions it no longer has
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class Enrollment(ShopOwned, Base):
    """Run one flow for one subject, once; order number, locale, country and consent are frozen at entry.

    A run that has neither ended nor come through always says when it looks again; what it planned has due times.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint(
            "shop_id", "flow_id", "subject_kind", "subject_id", "occurrence", name="uq_enrollment_subject"
        ),
        ForeignKeyConstraint(["shop_id", "flow_id"], ["flow.shop_id", "flow.id"], ondelete="CASCADE"),
        Index("ix_enrollment_order", "shop_id", "order_id"),
        Index("ix_enrollment_look", "look_at", postgresql_where="look_at is not null"),
        Index("ix_enrollment_waiting", "shop_id", "customer_id", postgresql_where="look_at is not null"),
    )

    flow_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
    subject_kind: Mapped[str]  # order | fulfillment | order_line | customer | review
    subject_id: Mapped[int]
    occurrence: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # which year of an anniversary
    order_id: Mapped[int]
    customer_id: Mapped[int | None]
    frozen: Mapped[dict[str, Any]]
    started_at: Mapped[datetime | None]  # what started it, by its source's clock; none before triggers were kept
    entered_at: Mapped[datetime]
    path: Mapped[list[Any]] = mapped_column(server_default="[]")  # app.flows.runs.path reads and writes it
    look_at: Mapped[datetime | None]  # when to look again: a wait or a fork lies ahead
    through_at: Mapped[datetime | None]  # it has come through its steps; what is planned of them still goes
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]  # filtered | exited | goal_reached; none where a person was erased


class FollowUp(ShopOwned, Base):
    """Plan one send step of one enrollment. The row is the truth; RQ only rings."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("shop_id", "enrollment_id", "step"),
        ForeignKeyConstraint(["shop_id", "enrollment_id"], ["enrollment.shop_id", "enrollment.id"], ondelete="CASCADE"),
        Index("ix_follow_up_open", "shop_id", "due_at", postgresql_where="state in ('scheduled', 'claimed')"),
        Index("ix_follow_up_held", "expires_at", postgresql_where="state = 'held'"),
        Index("ix_follow_up_shop_due", "shop_id", "due_at"),
        Index("ix_follow_up_order", "shop_id", "order_id"),
    )

    enrollment_id: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[int]
    step: Mapped[str]
    state: Mapped[FollowUpState] = mapped_column(EnumText(FollowUpState))
    outcome: Mapped[str | None]  # handed_over | skipped, once done
    reason: Mapped[str | None]  # app.flows.rules.reasons
    due_at: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(default=False)  # the fallback's date, until the parcel is known delivered
    postponed_until: Mapped[datetime | None]  # why a due row waits; re-planning never moves it before this
    expires_at: Mapped[datetime]
    anchor_at: Mapped[datetime | None]
    zone: Mapped[str]  # IANA, the recipient's
    lease_until: Mapped[datetime | None]  # real time
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)  # how often it was claimed
    failures: Mapped[int] = mapped_column(
        Integer, default=0, server_default="0"
    )  # claims in a row that came to nothing
    message_id: Mapped[int | None]
    done_at: Mapped[datetime | None]
    again_at: Mapped[datetime | None]  # when somebody had it planned once more: whose dates are theirs, no plan's


class Did(StrEnum):
    """Name what somebody decided by hand about one message. The last two are the only ways back from its end."""

    SKIPPED = "skipped"
    DROPPED = "dropped"  # over a day late when they resumed sending
    LEFT = "left"  # it may or may not have left, and stays as it is
    SENT_AGAIN = "sent_again"  # it may or may not have left
    PLANNED_AGAIN = "planned_again"  # it had ended unsent


class Deed(ShopOwned, Base):
    """Record what somebody decided by hand about one message, who and when (business time). Append-only."""

    __tablename__ = "deed"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "follow_up_id"], ["follow_up.shop_id", "follow_up.id"], ondelete="CASCADE"),
        Index("ix_deed_follow_up", "shop_id", "follow_up_id"),
        AS_WRITTEN,
    )

    follow_up_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[Did] = mapped_column(EnumText(Did))
    done_by: Mapped[str]
    done_at: Mapped[datetime]


class Decision(ShopOwned, Base):
    """Record one evaluation of a follow-up: inputs, rule version, outcome, reasons. Append-only, kept 400 days."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "follow_up_id"], ["follow_up.shop_id", "follow_up.id"], ondelete="CASCADE"),
        Index("ix_decision_told", "shop_id", "follow_up_id", "decided_at"),
        Index("ix_decision_decided_at", "decided_at"),
        AS_WRITTEN,
    )

    follow_up_id: Mapped[int] = mapped_column(BigInteger)
    decided_at: Mapped[datetime]
    rule_version: Mapped[int] = mapped_column(Integer)
    rule: Mapped[int | None] = mapped_column(Integer)  # the row of the table that matched
    outcome: Mapped[str]  # send | skip | postpone | hold
    reason: Mapped[str | None]
    until: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]]


class ShopLease(ShopOwned, Base):
    """Let one drain serve a shop at a time, least recently served first. Real time."""

    __tablename__ = "shop_lease"
    __table_args__ = (UniqueConstraint("shop_id"),)

    served_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]


class Halt(Base):
    """Record that the sending of every shop was halted. While `released_at` is null nothing is sent. Business time.

    Platform table: it holds for all shops, and names none and nobody.
    """

    __tablename__ = "halt"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    halted_at: Mapped[datetime]
    halted_by: Mapped[str]  # circuit | operator
    words: Mapped[str]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]


class PlannedBy(ShopOwned, Base):
    """Remember by what a shop's unsent messages were planned, so that a change of any of it shows."""

    __tablename__ = "planned_by"
    __table_args__ = (UniqueConstraint("shop_id"),)

    zones: Mapped[str]  # version of the package tzdata
    holidays: Mapped[str]  # version of the package holidays
    shop_zone: Mapped[str]
    calendar: Mapped[int] = mapped_column(Integer)  # version of the shop's section; 0 while it has none
    planned_at: Mapped[datetime]


class LookBackState(StrEnum):
    """Say how a campaign about orders from before stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"  # nobody was left to ask


class LookBack(ShopOwned, Base):
    """Hold a shop's campaign about orders from before: how far back, how many a day, whose turn is next."""

    __tablename__ = "look_back"
    __table_args__ = (UniqueConstraint("shop_id"),)

    state: Mapped[LookBackState] = mapped_column(EnumText(LookBackState))
    since: Mapped[datetime]  # arrivals before are not asked about
    months: Mapped[int] = mapped_column(Integer)
    daily_cap: Mapped[int] = mapped_column(Integer)
    recruited: Mapped[int] = mapped_column(Integer, default=0)
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    next_at: Mapped[datetime]  # business time; when the next day's orders are taken in
