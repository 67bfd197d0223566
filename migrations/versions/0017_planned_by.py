"""Remember by which zones, holidays and calendar a shop's messages were planned.

Revision 0017 after 0016.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_by",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("shop_zone", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_planned_by")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_planned_by_shop_id")),
    )
    policies.protect("planned_by")
