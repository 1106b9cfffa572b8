"""Who has typed a change on the bot's own machine; what Slack told last of people."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column; a report of a leaked secret had it among its details."""
    op.create_table(
        "told_groups",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_groups")),
    )
    op.create_table(
        "told_accounts",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=64)),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_told_accounts")),
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("typed_by", sa.Text()))
    requests = sa.table("requests", sa.column("leak", sa.JSON()), sa.column("typed_by", sa.Text()))
    op.execute(
        requests.update()
        .where(requests.c.leak.is_not(None))
        .values(typed_by=requests.c.leak["typed_by"].as_string())
    )


def downgrade() -> None:
    """Take it back: nothing is known then of who has typed a change."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("typed_by")
    op.drop_table("told_accounts")
    op.drop_table("told_groups")
