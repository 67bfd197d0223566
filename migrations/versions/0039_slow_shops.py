"""Remember which shops' webhooks are applied apart, because Shopify answers slowly for them.

Revision 0039 after 0037.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slow_shop",
        sa.Column("shop_domain", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_domain", name=op.f("pk_slow_shop")),
    )
