"""Keep what starts a run, which way it went and when it looks again.

Revision 0018 after 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SUBJECT = ["shop_id", "flow_id", "subject_kind", "subject_id", "occurrence"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    path = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("enrollment", sa.Column("occurrence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("enrollment", sa.Column("started_at", INSTANT, nullable=True))
    op.add_column("enrollment", sa.Column("path", path, server_default="[]", nullable=False))
    op.add_column("enrollment", sa.Column("look_at", INSTANT, nullable=True))
    # Every run there is has come through: until now there were no waits and no forks.
    op.add_column("enrollment", sa.Column("through_at", INSTANT, server_default=sa.func.now(), nullable=True))
    op.alter_column("enrollment", "through_at", server_default=None)
    op.add_column("enrollment", sa.Column("ended_reason", sa.Text(), nullable=True))
    op.create_unique_constraint("uq_enrollment_subject", "enrollment", SUBJECT)
    op.drop_constraint(op.f("uq_enrollment_shop_id_flow_id_subject_kind_subject_id"), "enrollment", type_="unique")
    waiting = sa.text("look_at is not null")
    op.create_index("ix_enrollment_look", "enrollment", ["look_at"], postgresql_where=waiting)
    op.create_index("ix_enrollment_waiting", "enrollment", ["shop_id", "customer_id"], postgresql_where=waiting)
    op.create_index("ix_fulfillment_event_fulfillment", "fulfillment_event", ["shop_id", "fulfillment_id"])
    op.create_index("ix_order_placed", "order", ["shop_id", "placed_at"])
