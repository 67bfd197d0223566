"""Look up decisions by when they were made, and orders by address, without reading all of a shop's.

Revision 0026 after 0025. Built beside the traffic: decisions are the largest table, and sending must not wait for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NEW = (
    ("ix_decision_told", "decision", ["shop_id", "follow_up_id", "decided_at"]),
    ("ix_decision_decided_at", "decision", ["decided_at"]),
    ("ix_order_email", "order", ["shop_id", "email"]),
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(sa.text("set lock_timeout = '2s'"))
        for name, table, columns in NEW:
            # What an interrupted run leaves is there by name and not valid: it is made anew.
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_concurrently=True)
        op.drop_index("ix_decision_follow_up", "decision", if_exists=True, postgresql_concurrently=True)
