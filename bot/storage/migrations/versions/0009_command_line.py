"""Who has typed a change on the bot's own machine; what Slack told last of people.

Reports of leaked secrets name a token by its instance and id, and may have several owners.
"""

from typing import Any

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
    _name_instances()


def _name_instances() -> None:
    requests = sa.table("requests", sa.column("id"), sa.column("leak", sa.JSON()))
    targets = sa.table(
        "targets",
        sa.column("request_id"),
        sa.column("authorization_id"),
        sa.column("instance"),
        sa.column("before", sa.JSON()),
    )
    tokens = sa.select(targets.c.authorization_id, targets.c.instance, targets.c.before)
    connection = op.get_bind()
    reports = connection.execute(sa.select(requests).where(requests.c.leak.is_not(None))).all()
    for change_id, report in reports:
        found = connection.execute(tokens.where(targets.c.request_id == change_id)).all()
        changed = _with_instances(report, [tuple(each) for each in found])
        connection.execute(requests.update().where(requests.c.id == change_id).values(leak=changed))


def _with_instances(report: dict[str, Any], tokens: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Give a report as it is from here on.

    Args:
        report: As it was stored: an order of ids, and one change of one owner's other tokens.
        tokens: The id and instance of each of its tokens, and how it was before.
    """
    instances = {each: instance for each, instance, _ in tokens}
    order = [[instances[each], each] for each in report.get("order") or () if each in instances]
    asked = [
        {"instance": instance, "user": before["user"], "change_id": report["others_by"]}
        for _, instance, before in tokens
        if before and report.get("others_by")
    ]
    return {**report, "order": order, "others_by": asked[:1]}


def downgrade() -> None:
    """Take it back: nothing is known then of who has typed a change."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("typed_by")
    op.drop_table("told_accounts")
    op.drop_table("told_groups")
