"""Pace a shop's passes, look back a week each night, and keep what webhooks did not tell.

Revision 0020 after 0019.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("sync_cursor", sa.Column("week_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sync_cursor", sa.Column("points", sa.Float(), nullable=True))
    op.add_column("sync_cursor", sa.Column("points_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sync_cursor", sa.Column("rate", sa.Float(), nullable=True))
    op.add_column("sync_cursor", sa.Column("changed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sync_cursor", sa.Column("unheard", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sync_cursor", sa.Column("silent", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
