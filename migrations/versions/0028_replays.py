"""Keep replays that were asked for, and their parts while they are worked on.

Revision 0028 after 0027.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
VALUES = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "replay",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("flow_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("document", VALUES, nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=True),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("began_at", WHEN, nullable=True),
        sa.Column("finished_at", WHEN, nullable=True),
        sa.Column("answer", VALUES, nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_replay")),
    )
    op.create_index(
        "uq_replay_open",
        "replay",
        ["shop_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'running')"),
    )
    op.create_table(
        "replay_part",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("replay_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_ids", VALUES, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", WHEN, nullable=True),
        sa.Column("answer", VALUES, nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_replay_part")),
        sa.UniqueConstraint("shop_id", "replay_id", "number", name=op.f("uq_replay_part_shop_id_replay_id_number")),
        sa.ForeignKeyConstraint(
            ["shop_id", "replay_id"],
            ["replay.shop_id", "replay.id"],
            name=op.f("fk_replay_part_shop_id_replay_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_replay_part_open", "replay_part", ["id"], unique=False, postgresql_where=sa.text("answer is null")
    )
    policies.protect("replay", "replay_part")
