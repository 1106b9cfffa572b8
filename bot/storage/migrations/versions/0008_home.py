"""Who has Home open and what they look at there; which description a new one replaces."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and a column that says nothing of what was asked before."""
    op.create_table(
        "homes",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=64)),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("notice", sa.JSON(none_as_null=True)),
        sa.Column("noticed_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("view_hash", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("refreshed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_homes")),
    )
    op.create_index("ix_homes_opened_at", "homes", ["opened_at"])
    with op.batch_alter_table("targets") as batch_op:
        batch_op.add_column(sa.Column("replaces", sa.String(length=16)))


def downgrade() -> None:
    """Take it back; Home begins anew, and a description that waits replaces any other."""
    with op.batch_alter_table("targets") as batch_op:
        batch_op.drop_column("replaces")
    op.drop_index("ix_homes_opened_at", "homes")
    op.drop_table("homes")
