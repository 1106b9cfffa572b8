"""What runs at once although it needs an approval, its review, and whom it is told."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_IN_REQUESTS = ("break_glass", "reviewed_by", "reviewed_at", "never_alone")
_UNREVIEWED = sa.text("break_glass IS NOT NULL AND reviewed_at IS NULL")


def upgrade() -> None:
    """Add the table, and columns that say of all there is that it was no break-glass."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("break_glass", sa.JSON(none_as_null=True)))
        batch_op.add_column(
            sa.Column("reviewed_by", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("reviewed_at", UtcDateTime()))
        batch_op.add_column(
            sa.Column("never_alone", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    # Every row written from here on states them itself.
    with op.batch_alter_table("requests") as batch_op:
        batch_op.alter_column("reviewed_by", server_default=None)
        batch_op.alter_column("never_alone", server_default=None)
    op.create_index(
        "ix_requests_unreviewed",
        "requests",
        ["requester"],
        sqlite_where=_UNREVIEWED,
        postgresql_where=_UNREVIEWED,
    )
    op.create_table(
        "direct_copies",
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.String(length=64)),
        sa.Column("ts", sa.String(length=32)),
        sa.Column("shown", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_direct_copies_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("request_id", "user_id", name=op.f("pk_direct_copies")),
    )


def downgrade() -> None:
    """Take it back; what is not reviewed yet is forgotten."""
    op.drop_table("direct_copies")
    op.drop_index("ix_requests_unreviewed", table_name="requests")
    with op.batch_alter_table("requests") as batch_op:
        for name in _IN_REQUESTS:
            batch_op.drop_column(name)
