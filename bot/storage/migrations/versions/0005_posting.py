"""Whose turn it is to post in a channel, and which part of an announcement Slack has taken."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcDateTime

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and a column that is empty for what is announced already."""
    op.create_table(
        "posting_slots",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("free_at", UtcDateTime(), nullable=False),
        sa.Column("taken_until", UtcDateTime()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_posting_slots")),
    )
    op.create_table(
        "posting_line",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "request_id", name=op.f("pk_posting_line")),
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("told", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    """Take it back; who waits for a turn takes one anew."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("told")
    op.drop_table("posting_line")
    op.drop_table("posting_slots")
