"""Ask about orders from before, a few a day.

Revision 0022 after 0021.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "look_back",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=False),
        sa.Column("recruited", sa.Integer(), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("next_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_look_back")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_look_back_shop_id")),
    )
    policies.protect("look_back")
