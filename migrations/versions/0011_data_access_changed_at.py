"""Keep when customer data was last opened or closed to us: what was missed meanwhile is read again.

Revision 0011 after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shop_profile", sa.Column("data_access_changed_at", sa.DateTime(timezone=True), nullable=True))
