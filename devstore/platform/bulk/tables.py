"""What a bulk operation remembers: its query, how far it is, and its lines in compressed parts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from devstore.state.base import Base, ShopifyId


class BulkOperation(Base):
    """One operation; `cursor` is where it goes on after a stop, `url_key` what its address is worth."""

    __tablename__ = "bulk_operation"

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    query: Mapped[str]
    # created, running, completed, canceling, canceled, failed, expired
    status: Mapped[str] = mapped_column(default="created")
    error_code: Mapped[str | None]
    is_grouped: Mapped[bool] = mapped_column(default=False)
    cursor: Mapped[str | None]
    object_count: Mapped[int] = mapped_column(default=0)
    root_object_count: Mapped[int] = mapped_column(default=0)
    file_size: Mapped[int] = mapped_column(default=0)
    url_key: Mapped[str]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class BulkPart(Base):
    """Some of an operation's lines, compressed; `size` is of what they are unpacked, in bytes."""

    __tablename__ = "bulk_part"

    operation_id: Mapped[int] = mapped_column(ForeignKey("bulk_operation.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
