"""By which id the log has the request of Slack's with which a change was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was asked before has no such id."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(
            sa.Column("asked_with", sa.String(length=16), nullable=False, server_default="")
        )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.alter_column("asked_with", server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("asked_with")
