"""Read a shop's past: how far it is, what it showed, and what a shop's passes may spend.

Revision 0016 after 0015.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "history_import",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("operation", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("detail_id", sa.BigInteger(), nullable=False),
        sa.Column("orders_total", sa.Integer(), nullable=True),
        sa.Column("orders_read", sa.Integer(), nullable=False),
        sa.Column("lines_read", sa.Integer(), nullable=False),
        sa.Column("details_total", sa.Integer(), nullable=True),
        sa.Column("details_read", sa.Integer(), nullable=False),
        sa.Column("unusable", sa.Integer(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("points_at", WHEN, nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("read_at", WHEN, nullable=True),
        sa.Column("finished_at", WHEN, nullable=True),
        sa.Column("next_at", WHEN, nullable=False),
        sa.Column("lease_until", WHEN, nullable=True),
        sa.Column("last_fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_history_import")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_history_import_shop_id")),
    )
    op.create_index(
        "ix_history_import_next_at",
        "history_import",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "baseline",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("frozen_at", WHEN, nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_baseline")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_baseline_shop_id")),
    )
    policies.protect("history_import", "baseline")
    # Written once: whoever tries to make it better finds out here.
    op.execute(
        "create function refuse_change() returns trigger language plpgsql as"
        " $$ begin raise exception '% is never changed', tg_table_name using errcode = '42501'; end $$"
    )
    op.execute("create trigger never_changed before update on baseline for each row execute function refuse_change()")
