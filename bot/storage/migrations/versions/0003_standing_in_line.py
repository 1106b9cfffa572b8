"""Requests that wait for their turn stand in line, and are called."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add for what a request stands in line."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("waits_for", sa.String(length=128)))
        batch_op.add_column(
            sa.Column("called", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index("ix_requests_waits_for", ["waits_for"], unique=False)
    # Every row written from here on states it itself.
    with op.batch_alter_table("requests") as batch_op:
        batch_op.alter_column("called", server_default=None)


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_index("ix_requests_waits_for")
        batch_op.drop_column("called")
        batch_op.drop_column("waits_for")
