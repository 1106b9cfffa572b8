"""The watch over what was disabled: when it was looked at, and what was found active again."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_IN_TARGETS = ("active_again", "drift_number", "again_by", "gone_at")
_IN_REQUESTS = ("again_of", "watched_at", "drifts")


def upgrade() -> None:
    """Add the columns; what was told before is not due again, and so is not watched."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("again_of", sa.String(length=16)))
        batch_op.add_column(sa.Column("watched_at", UtcDateTime()))
        batch_op.add_column(sa.Column("drifts", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_foreign_key(
            "fk_requests_again_of_requests", "requests", ["again_of"], ["id"]
        )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.alter_column("drifts", server_default=None)
    with op.batch_alter_table("targets") as batch_op:
        batch_op.add_column(sa.Column("active_again", sa.JSON(none_as_null=True)))
        batch_op.add_column(sa.Column("drift_number", sa.Integer()))
        batch_op.add_column(sa.Column("again_by", sa.String(length=16)))
        batch_op.add_column(sa.Column("gone_at", UtcDateTime()))


def downgrade() -> None:
    """Take them back; what is watched is forgotten."""
    with op.batch_alter_table("targets") as batch_op:
        for name in _IN_TARGETS:
            batch_op.drop_column(name)
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_constraint("fk_requests_again_of_requests", type_="foreignkey")
        for name in _IN_REQUESTS:
            batch_op.drop_column(name)
