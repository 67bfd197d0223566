"""Keep what comes back in a return, order line by order line.

Revision 0012 after 0011.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_line",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("return_case_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_line_id"],
            ["order_line.shop_id", "order_line.id"],
            name=op.f("fk_return_line_shop_id_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "return_case_id"],
            ["return_case.shop_id", "return_case.id"],
            name=op.f("fk_return_line_shop_id_return_case_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_return_line")),
        sa.UniqueConstraint(
            "shop_id",
            "return_case_id",
            "order_line_id",
            name=op.f("uq_return_line_shop_id_return_case_id_order_line_id"),
        ),
    )
    op.create_index("ix_return_line_order_line", "return_line", ["shop_id", "order_line_id"], unique=False)
    policies.protect("return_line")
