"""Count how often in a row a follow-up was claimed and came to nothing.

Revision 0034 after 0033.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("follow_up", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
