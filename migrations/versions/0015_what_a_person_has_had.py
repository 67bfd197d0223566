"""Keep when a message was handed off and what it says, to measure what a person has had.

Revision 0015 after 0014.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LEFT = "state in ('sending', 'accepted', 'unknown')"


def upgrade() -> None:
    op.add_column("message", sa.Column("substance", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("optional", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("message", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_message_recipient", "message", ["shop_id", "recipient"], unique=False)
    # Migrations run with row security off, which refuses instead of changing nothing; the system role's policy is true.
    op.execute(f"set local role {policies.SYSTEM}")
    op.execute("set local row_security = on")
    op.execute(f"update message set sent_at = coalesce(accepted_at, created_at) where {LEFT}")
    op.execute("update message set optional = true where step in ('product_help', 'review_request')")
    op.execute("set local row_security = off")
    op.execute("reset role")
