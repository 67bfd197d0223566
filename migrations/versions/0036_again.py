"""Keep when somebody at the shop had a message that had ended planned once more.

Revision 0036 after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("follow_up", sa.Column("again_at", sa.DateTime(timezone=True), nullable=True))
