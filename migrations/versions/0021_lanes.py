"""Keep what lanes have taught and what is expected of parcels.

Revision 0021 after 0020.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lane",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("told", sa.Double(), nullable=False),
        sa.Column("lost", sa.Double(), nullable=False),
        sa.Column("middle", sa.Double(), nullable=False),
        sa.Column("doubt", sa.Double(), nullable=False),
        sa.Column("curve", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_lane")),
        sa.UniqueConstraint(
            "shop_id",
            "carrier",
            "service",
            "country",
            "tracked",
            name=op.f("uq_lane_shop_id_carrier_service_country_tracked"),
        ),
    )
    op.create_table(
        "lane_book",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_parcel", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_lane_book")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_lane_book_shop_id")),
    )
    op.create_index("ix_lane_book_next_at", "lane_book", ["next_at"], unique=False)
    op.add_column("fulfillment", sa.Column("expected_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("expected_to", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("expected_by", sa.Text(), nullable=True))
    op.add_column("fulfillment", sa.Column("inferred_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("inferred_risk", sa.Double(), nullable=True))
    op.add_column("fulfillment", sa.Column("inferred_by", sa.Text(), nullable=True))
    op.add_column("fulfillment", sa.Column("last_scan_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("late_by", sa.Text(), nullable=True))
    op.add_column("fulfillment", sa.Column("delayed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_fulfillment_late_at",
        "fulfillment",
        ["late_at"],
        unique=False,
        postgresql_where=sa.text("delayed_at is null"),
    )
    op.add_column("order", sa.Column("stalls_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("order", sa.Column("stalled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_order_stalls_at", "order", ["stalls_at"], unique=False, postgresql_where=sa.text("stalled_at is null")
    )
    policies.protect("lane", "lane_book")
