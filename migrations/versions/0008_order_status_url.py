"""The shopper's own page about an order, for the one button of the thank-you.

Revision 0008 after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("order", sa.Column("status_url", sa.Text(), nullable=True))
