"""Messages, what became of them, and experiments.

Revision 0004 after 0003.
"""

import sqlalchemy as sa
from alembic import op

from migrations import policies

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "experiment",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_experiment_shop_id_key")),
    )
    op.create_table(
        "message",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("follow_up_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("message_class", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("arm", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint("shop_id", "follow_up_id", name=op.f("uq_message_shop_id_follow_up_id")),
        sa.UniqueConstraint("shop_id", "public_id", name=op.f("uq_message_shop_id_public_id")),
    )
    op.create_index("ix_message_accepted", "message", ["shop_id", "accepted_at"], unique=False)
    op.create_index("ix_message_customer", "message", ["shop_id", "customer_id"], unique=False)
    op.create_table(
        "arm",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "experiment_id"],
            ["experiment.shop_id", "experiment.id"],
            name=op.f("fk_arm_shop_id_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_arm")),
        sa.UniqueConstraint("shop_id", "experiment_id", "key", name=op.f("uq_arm_shop_id_experiment_id_key")),
    )
    op.create_table(
        "attempt",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handoff_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_code", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "message_id"],
            ["message.shop_id", "message.id"],
            name=op.f("fk_attempt_shop_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("shop_id", "message_id", "n", name=op.f("uq_attempt_shop_id_message_id_n")),
    )
    op.create_index(
        "ix_attempt_open", "attempt", ["started_at"], unique=False, postgresql_where="state in ('prepared', 'handoff')"
    )
    op.create_table(
        "exposure",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("experiment_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "experiment_id"],
            ["experiment.shop_id", "experiment.id"],
            name=op.f("fk_exposure_shop_id_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_exposure")),
        sa.UniqueConstraint(
            "shop_id", "experiment_id", "customer_id", name=op.f("uq_exposure_shop_id_experiment_id_customer_id")
        ),
    )
    op.create_table(
        "message_event",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "message_id"],
            ["message.shop_id", "message.id"],
            name=op.f("fk_message_event_shop_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_message_event")),
        sa.UniqueConstraint(
            "shop_id",
            "message_id",
            "kind",
            "source_key",
            name=op.f("uq_message_event_shop_id_message_id_kind_source_key"),
        ),
    )
    op.create_table(
        "message_item",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "message_id"],
            ["message.shop_id", "message.id"],
            name=op.f("fk_message_item_shop_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_message_item")),
        sa.UniqueConstraint(
            "shop_id", "item_kind", "item_id", "step", name=op.f("uq_message_item_shop_id_item_kind_item_id_step")
        ),
    )
    op.create_index("ix_message_item_message", "message_item", ["shop_id", "message_id"], unique=False)
    op.create_table(
        "tracked_link",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "message_id"],
            ["message.shop_id", "message.id"],
            name=op.f("fk_tracked_link_shop_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_tracked_link")),
        sa.UniqueConstraint(
            "shop_id",
            "message_id",
            "purpose",
            "position",
            name=op.f("uq_tracked_link_shop_id_message_id_purpose_position"),
        ),
        sa.UniqueConstraint("shop_id", "public_id", name=op.f("uq_tracked_link_shop_id_public_id")),
    )
    policies.protect(
        "arm", "attempt", "experiment", "exposure", "message", "message_event", "message_item", "tracked_link"
    )
