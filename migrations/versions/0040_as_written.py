"""Let the database hold the rows that stay as they were written: what is kept as proof or to explain by.

The roles the program works as may add them and, for retention and erasure, delete them; a column is changed only where
erasing a person takes something out of it. A migration that must change such rows grants that to the role it moves data
as and takes it back.

Revision 0040 after 0039.
"""

from alembic import op

from migrations import policies

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# What erasing a person empties: (column, what is true of any other change of it). Where they agreed from; discount
# codes, which a shop may have made for one person.
ERASED = {
    "consent_entry": ("ip_hash", "new.ip_hash is not null"),
    "order_event": ("changed", "new.changed is distinct from old.changed #- '{order,discount_codes}'"),
}
# Retention locks what it is about to delete, so that it waits for nobody; a lock takes the right to change one column,
# and nothing can be written into this one.
EXPIRES = ("order_event", "decision")
KEPT = (
    *("flow_version", "shop_setting"),  # what was published and set, by which decisions are explained
    *("consent_entry", "preference", "review_change"),  # what people said
    *("order_event", "decision", "deed"),  # what happened, and what was made of it
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for table in KEPT:
        policies.keep_as_written(table)
    for table, (column, other) in ERASED.items():
        op.execute(f"grant update ({column}) on {table} to {policies.APP}")
        op.execute(
            f"create trigger never_changed before update on {table} for each row when ({other})"
            " execute function refuse_change()"
        )
    for table in EXPIRES:
        op.execute(f"grant update (id) on {table} to {policies.SYSTEM}")
