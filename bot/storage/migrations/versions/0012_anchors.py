"""When the record is anchored next, and how it was anchored last."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; its one row is made when a bot looks first."""
    op.create_table(
        "audit_anchor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("taken_at", UtcDateTime()),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_anchor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchor")),
    )


def downgrade() -> None:
    """Take it back: the next anchor comes a day after a bot that knows of anchors has started."""
    op.drop_table("audit_anchor")
