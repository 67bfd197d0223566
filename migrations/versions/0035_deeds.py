"""Keep what a person at the shop decided by hand about a message, and about somebody's mail.

Revision 0035 after 0034.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "deed",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("follow_up_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_deed")),
        sa.ForeignKeyConstraint(
            ["shop_id", "follow_up_id"],
            ["follow_up.shop_id", "follow_up.id"],
            name=op.f("fk_deed_shop_id_follow_up_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_deed_follow_up", "deed", ["shop_id", "follow_up_id"])
    policies.protect("deed")
    op.add_column("preference", sa.Column("done_by", sa.Text(), nullable=True))
