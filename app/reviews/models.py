"""Tables of reviews. Every change is chained by hash, so that a silent edit shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import AS_WRITTEN, Base, EnumText, ShopOwned
from app.reviews.states import ReviewState


class Review(ShopOwned, Base):
    """Hold what one customer said about one order line: one review per (order line, customer)."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("shop_id", "order_line_id", "customer_id"),
        UniqueConstraint("shop_id", "public_id"),
        CheckConstraint("rating between 1 and 5", name="rating"),
        Index("ix_review_product", "shop_id", "product_shopify_id"),
        Index("ix_review_state", "shop_id", "state", "submitted_at"),
        Index("ix_review_decides", "decides_at", postgresql_where="state = 'pending'"),
    )

    order_line_id: Mapped[int]
    customer_id: Mapped[int]
    order_id: Mapped[int]
    product_shopify_id: Mapped[int]
    public_id: Mapped[str]
    rating: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(default="")
    name_shown: Mapped[str]
    locale: Mapped[str]
    state: Mapped[ReviewState] = mapped_column(EnumText(ReviewState))
    held_for: Mapped[str | None]  # why it waits for a person, or did until it was published by itself: contains_link …
    hidden_reason: Mapped[str | None]  # from the closed list; a low rating is not on it
    submitted_at: Mapped[datetime]
    decides_at: Mapped[datetime | None]  # when a waiting review publishes by itself
    published_at: Mapped[datetime | None]
    verified: Mapped[bool] = mapped_column(default=True)


class ReviewChange(ShopOwned, Base):
    """Append one change of a review; `digest` covers the change and the digest before it."""

    __tablename__ = "review_change"
    __table_args__ = (
        UniqueConstraint("shop_id", "review_id", "n"),
        ForeignKeyConstraint(["shop_id", "review_id"], ["review.shop_id", "review.id"], ondelete="CASCADE"),
        AS_WRITTEN,
    )

    review_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]  # submitted | edited | published | hidden
    actor: Mapped[str]
    happened_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    previous: Mapped[str]
    digest: Mapped[str]


class RatingSummary(ShopOwned, Base):
    """Hold a product's average, always recomputed from its rows."""

    __tablename__ = "rating_summary"
    __table_args__ = (UniqueConstraint("shop_id", "product_shopify_id"),)

    product_shopify_id: Mapped[int]
    received: Mapped[int] = mapped_column(Integer, default=0)
    published: Mapped[int] = mapped_column(Integer, default=0)
    hidden: Mapped[int] = mapped_column(Integer, default=0)
    rating_sum: Mapped[int] = mapped_column(Integer, default=0)
    histogram: Mapped[dict[str, Any]]
    standard_tried: Mapped[list[Any]] = mapped_column(server_default="[]")  # values of `reviews.*` that may be ours
    computed_at: Mapped[datetime]
