"""Keep how a statement about consent was made, whose it was before a merge, and choices about one product.

Revision 0014 after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATEMENT = ["shop_id", "customer_id", "said_of", "channel", "happened_at", "state", "source"]


def upgrade() -> None:
    op.add_column("consent_entry", sa.Column("said_of", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("consent_entry", sa.Column("joined_at", INSTANT, nullable=True))
    for name in ("opt_in_level", "text_version", "ip_hash"):
        op.add_column("consent_entry", sa.Column(name, sa.Text(), nullable=True))
    op.create_unique_constraint("uq_consent_entry_statement", "consent_entry", STATEMENT)
    # The older one's name is longer than PostgreSQL keeps: it is found, not spelled.
    op.execute(
        "do $$ declare old text; begin"
        " for old in select conname from pg_constraint where conrelid = 'consent_entry'::regclass and contype = 'u'"
        " and conname <> 'uq_consent_entry_statement' loop"
        " execute format('alter table consent_entry drop constraint %I', old); end loop; end $$"
    )
    op.add_column("preference", sa.Column("product_shopify_id", sa.BigInteger(), nullable=True))
    op.add_column("customer", sa.Column("merged_at", INSTANT, nullable=True))
    op.create_index(
        "ix_customer_merged_into",
        "customer",
        ["shop_id", "merged_into"],
        postgresql_where=sa.text("merged_into is not null"),
    )
