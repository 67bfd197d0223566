"""Keep the way of shipping the buyer chose: parcels sent by it make a lane.

Revision 0025 after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("order", sa.Column("service", sa.Text(), nullable=True))
