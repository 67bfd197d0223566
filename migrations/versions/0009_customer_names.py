"""Find a customer by the beginning of a name.

Revision 0009 after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("first_name", "last_name"):
        op.create_index(f"ix_customer_{column}", "customer", ["shop_id", sa.text(f"lower({column}) text_pattern_ops")])
