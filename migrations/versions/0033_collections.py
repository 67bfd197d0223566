"""Keep with each product which collections it is in.

Null in the products of before: nobody told us yet. The next pass asks for them.

Revision 0033 after 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("product", sa.Column("collections", sa.Text(), nullable=True))
