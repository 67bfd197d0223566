"""The base of every table: identifiers that look like Shopify's, and times that know their zone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, DateTime, MetaData, Numeric, Sequence, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

metadata = MetaData()

# One counter for every kind of thing: large, below 2**53, and with gaps, so that nobody
# mistakes one kind's id for another's or expects neighbours.
shopify_ids = Sequence("shopify_id", start=6_018_340_513_907, increment=4_099, metadata=metadata)

ShopifyId = Annotated[
    int,
    mapped_column(BigInteger, shopify_ids, server_default=shopify_ids.next_value(), primary_key=True),
]
When = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Base(DeclarativeBase):
    """Declare a table of the dev store; all times are aware and kept in UTC."""

    metadata = metadata
    STAYS: ClassVar[bool] = False  # read once a session: nearly every announcement asks for it
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB,
    }


Money = Numeric(12, 2)


def gid(kind: str, number: int) -> str:
    """Write an id as the Admin API does: ``gid://shopify/Order/123``."""
    return f"gid://shopify/{kind}/{number}"
