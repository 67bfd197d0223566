"""Keep whom a holdout kept back, the tags of customers, and what tells gifts and renewals.

Revision 0019 after 0018.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("tags", sa.Text(), nullable=False, server_default=""))
    op.add_column("order", sa.Column("gift", sa.Text(), nullable=True))
    op.add_column("order", sa.Column("renewal", sa.Boolean(), nullable=False, server_default="false"))
    op.create_table(
        "holdout",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("follow_up_id", sa.BigInteger(), nullable=False),
        sa.Column("would_send_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_holdout")),
        sa.UniqueConstraint("shop_id", "follow_up_id", name=op.f("uq_holdout_shop_id_follow_up_id")),
    )
    op.create_index("ix_holdout_customer", "holdout", ["shop_id", "customer_id"], unique=False)
    policies.protect("holdout")
