"""Reports of leaked secrets, and the processes whose memory holds them."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.create_table(
        "keepers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keepers")),
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("leak", sa.JSON(none_as_null=True)))
        batch_op.add_column(sa.Column("leak_told", sa.JSON(none_as_null=True)))
        batch_op.add_column(sa.Column("keeper", sa.String(length=64)))
        batch_op.add_column(sa.Column("leak_of", sa.String(length=16)))
        batch_op.create_foreign_key(
            op.f("fk_requests_leak_of_requests"), "requests", ["leak_of"], ["id"]
        )


def downgrade() -> None:
    """Take them back; what was disabled stays so, and nothing says any more that it had leaked."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_constraint(op.f("fk_requests_leak_of_requests"), type_="foreignkey")
        batch_op.drop_column("leak_of")
        batch_op.drop_column("keeper")
        batch_op.drop_column("leak_told")
        batch_op.drop_column("leak")
    op.drop_table("keepers")
