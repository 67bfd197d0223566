"""Mark an order with what was read of it last, so that the same read again writes nothing.

Revision 0032 after 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("order", sa.Column("read_as", sa.Text(), nullable=True))
