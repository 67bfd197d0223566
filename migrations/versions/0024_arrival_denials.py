"""Keep that a buyer says something has not come.

Revision 0024 after 0023.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival_denial",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_arrival_denial_shop_id_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_arrival_denial")),
        sa.UniqueConstraint(
            "shop_id",
            "order_line_id",
            "message_id",
            name=op.f("uq_arrival_denial_shop_id_order_line_id_message_id"),
        ),
    )
    policies.protect("arrival_denial")
