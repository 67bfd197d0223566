"""Where reconciliation stands, a row a shop.

Revision 0006 after 0005.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_cursor",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("pass_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_sync_cursor")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_sync_cursor_shop_id")),
    )
    op.create_index("ix_sync_cursor_next_at", "sync_cursor", ["next_at"], unique=False)
    policies.protect("sync_cursor")
