"""Name the shops that a return from a backup still waits for, while the others go on.

Revision 0041 after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column(
        "restoration",
        sa.Column("left_behind", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
    )
