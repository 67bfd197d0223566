"""Find the held reviews whose day has come, of every shop, by one look.

Revision 0037 after 0036.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_index("ix_review_decides", "review", ["decides_at"], postgresql_where="state = 'pending'")
