"""Which workspace Slack told last is the bot's own; until it tells, that of whoever asked last."""

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with what the requests so far tell."""
    workspace = op.create_table(
        "told_workspace",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=64)),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_told_workspace_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_workspace")),
    )
    requests = sa.table(
        "requests",
        *(sa.column(name) for name in ("number", "team", "enterprise", "created_at")),
    )
    latest = (
        sa.select(sa.literal(1), requests.c.team, requests.c.enterprise, requests.c.created_at)
        .where(requests.c.team.not_in(("", "unknown")))
        .order_by(requests.c.number.desc())
        .limit(1)
    )
    columns = ["id", "team", "enterprise", "told_at"]
    op.execute(workspace.insert().from_select(columns, latest))


def downgrade() -> None:
    """Take it back; the requests tell of it as before."""
    op.drop_table("told_workspace")
