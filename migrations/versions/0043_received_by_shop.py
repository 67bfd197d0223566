"""Look up received webhooks by shop.

Revision 0043 after 0042. Built beside the traffic, as webhooks must be kept meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

NAME = "ix_webhook_inbox_received_by_shop"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(sa.text("set lock_timeout = '2s'"))
        # What an interrupted run leaves is there by name and not valid: it is made anew.
        op.drop_index(NAME, "webhook_inbox", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            NAME,
            "webhook_inbox",
            ["shop_domain", "id"],
            postgresql_where=sa.text("state = 'received'"),
            postgresql_concurrently=True,
        )
