"""Keep the SKUs of an order's lines and the discount codes it was paid with.

Null in the orders of before: nobody told us yet. The next news of an order does.

Revision 0029 after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("order", sa.Column("discount_codes", sa.Text(), nullable=True))
    op.add_column("order_line", sa.Column("sku", sa.Text(), nullable=True))
