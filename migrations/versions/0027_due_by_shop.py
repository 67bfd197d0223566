"""Look up due follow-ups by shop, and held ones by their end.

Revision 0027 after 0026. Built beside the traffic, as what is planned must go on leaving meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(sa.text("set lock_timeout = '2s'"))
        for name, columns, where in (
            ("ix_follow_up_open", ["shop_id", "due_at"], "state in ('scheduled', 'claimed')"),
            ("ix_follow_up_held", ["expires_at"], "state = 'held'"),
        ):
            # What an interrupted run leaves is there by name and not valid: it is made anew.
            op.drop_index(name, "follow_up", if_exists=True, postgresql_concurrently=True)
            op.create_index(name, "follow_up", columns, postgresql_where=sa.text(where), postgresql_concurrently=True)
        op.drop_index("ix_follow_up_due", "follow_up", if_exists=True, postgresql_concurrently=True)
