"""Whose turn it is to post in a channel, and what was posted without leaving a place to edit."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and a column that says no for what is announced already."""
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
        batch_op.add_column(
            sa.Column("posted_by_url", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    # Every row written from here on states it itself.
    with op.batch_alter_table("requests") as batch_op:
        batch_op.alter_column("posted_by_url", server_default=None)


def downgrade() -> None:
    """Take it back; who waits for a turn takes one anew."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("posted_by_url")
    op.drop_table("posting_line")
    op.drop_table("posting_slots")
