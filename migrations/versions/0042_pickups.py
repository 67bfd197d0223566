"""Keep since when the shop shows a parcel as ready to be picked up, and as picked up.

Revision 0042 after 0041.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("fulfillment", sa.Column("ready_for_pickup_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fulfillment", sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True))
