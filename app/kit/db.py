"""Tables: the declarative base, the tenant mixin and the column types every domain uses."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Identity, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Store aware instants as timestamptz; refuse naive ones, which would silently mean the server's zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return `value` in UTC; raise ValueError when it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "naive datetime given to a column of instants"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the stored instant as aware UTC."""
        return None if value is None else value.astimezone(UTC)


class EnumText(TypeDecorator[StrEnum]):
    """Store a StrEnum as text, so that adding a value needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        """Take the enum whose values the column holds."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the text; raise ValueError for a word the enum does not have."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the enum member."""
        return None if value is None else self.kind(value)


AS_WRITTEN: Final = {"info": {"as_written": True}}  # rows nobody changes: the database refuses it to the app's roles


class Base(DeclarativeBase):
    """Name constraints by one rule and map Python types to PostgreSQL's."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        int: BigInteger,
        str: Text,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class ShopOwned:
    """Give a tenant table its composite key. Row-level security hides it until a shop is entered.

    Plain columns on purpose: with declared_attr the key came out as (id, shop_id).
    """

    shop_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-2)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-1)


class Turn(ShopOwned):
    """Give a table of one row a shop what says whose turn it is: when it is due, and until when somebody has it."""

    next_at: Mapped[datetime]  # business time
    lease_until: Mapped[datetime | None]  # real time
