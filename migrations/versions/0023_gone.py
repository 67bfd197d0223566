"""Keep with each version of a flow the messages its predecessors had.

Revision 0023 after 0022.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    steps = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("flow_version", sa.Column("gone", steps, server_default="[]", nullable=False))
