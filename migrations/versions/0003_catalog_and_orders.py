"""What is sold and what was ordered.

Revision 0003 after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_withheld", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("zip", sa.Text(), nullable=True),
        sa.Column("recipient_name", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("financial_status", sa.Text(), nullable=True),
        sa.Column("fulfillment_status", sa.Text(), nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_order")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_order_shop_id_shopify_id")),
    )
    op.create_index("ix_order_customer", "order", ["shop_id", "customer_id"], unique=False)
    op.create_index("ix_order_name", "order", ["shop_id", "name"], unique=False)
    op.create_table(
        "product",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("product_type", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_product")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_product_shop_id_shopify_id")),
    )
    op.create_table(
        "fulfillment",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("shipment_status", sa.Text(), nullable=True),
        sa.Column("tracking_company", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shopify_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_delivery_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_source", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["order.shop_id", "order.id"],
            name=op.f("fk_fulfillment_shop_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_fulfillment")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_fulfillment_shop_id_shopify_id")),
    )
    op.create_index("ix_fulfillment_order", "fulfillment", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "order_event",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["order.shop_id", "order.id"],
            name=op.f("fk_order_event_shop_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_order_event")),
        sa.UniqueConstraint(
            "shop_id",
            "order_id",
            "kind",
            "subject_id",
            "happened_at",
            name=op.f("uq_order_event_shop_id_order_id_kind_subject_id_happened_at"),
        ),
    )
    op.create_index("ix_order_event_order", "order_event", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("product_shopify_id", sa.BigInteger(), nullable=True),
        sa.Column("variant_shopify_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("current_quantity", sa.Integer(), nullable=False),
        sa.Column("requires_shipping", sa.Boolean(), nullable=False),
        sa.Column("is_gift_card", sa.Boolean(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["order.shop_id", "order.id"],
            name=op.f("fk_order_line_shop_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_order_line_shop_id_shopify_id")),
    )
    op.create_index("ix_order_line_order", "order_line", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["order.shop_id", "order.id"],
            name=op.f("fk_refund_shop_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_refund")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_refund_shop_id_shopify_id")),
    )
    op.create_index("ix_refund_order", "refund", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "return_case",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["order.shop_id", "order.id"],
            name=op.f("fk_return_case_shop_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_return_case")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_return_case_shop_id_shopify_id")),
    )
    op.create_index("ix_return_case_order", "return_case", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "variant",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "product_id"],
            ["product.shop_id", "product.id"],
            name=op.f("fk_variant_shop_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_variant")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_variant_shop_id_shopify_id")),
    )
    op.create_index("ix_variant_product", "variant", ["shop_id", "product_id"], unique=False)
    op.create_table(
        "fulfillment_event",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fulfillment_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estimated_delivery_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "fulfillment_id"],
            ["fulfillment.shop_id", "fulfillment.id"],
            name=op.f("fk_fulfillment_event_shop_id_fulfillment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_fulfillment_event")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_fulfillment_event_shop_id_shopify_id")),
    )
    op.create_table(
        "fulfillment_line",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fulfillment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "fulfillment_id"],
            ["fulfillment.shop_id", "fulfillment.id"],
            name=op.f("fk_fulfillment_line_shop_id_fulfillment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_fulfillment_line_shop_id_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_fulfillment_line")),
        sa.UniqueConstraint(
            "shop_id",
            "fulfillment_id",
            "order_line_id",
            name=op.f("uq_fulfillment_line_shop_id_fulfillment_id_order_line_id"),
        ),
    )
    op.create_table(
        "refund_line",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("refund_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_refund_line_shop_id_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "refund_id"],
            ["refund.shop_id", "refund.id"],
            name=op.f("fk_refund_line_shop_id_refund_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_refund_line")),
        sa.UniqueConstraint(
            "shop_id", "refund_id", "order_line_id", name=op.f("uq_refund_line_shop_id_refund_id_order_line_id")
        ),
    )
    policies.protect(
        "fulfillment",
        "fulfillment_event",
        "fulfillment_line",
        "order",
        "order_event",
        "order_line",
        "product",
        "refund",
        "refund_line",
        "return_case",
        "variant",
    )
