"""Several targets, approvals, timers, freezes, and what is received before it is decided."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.storage.moments import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Every row written from here on states these itself.
_FILLED = (
    "prepared",
    "choices",
    "held_back",
    "cancelled_by",
    "timer_stopped_by",
    "automatic",
    "announced",
    "version",
)


def upgrade() -> None:
    """Move what is to be set to the targets, and add what the rest needs."""
    with op.batch_alter_table("targets") as batch_op:
        batch_op.add_column(sa.Column("new_status", sa.String(length=16)))
        batch_op.add_column(sa.Column("new_description", sa.Text()))
    op.execute(
        "UPDATE targets SET "
        "new_status = (SELECT new_status FROM requests WHERE requests.id = targets.request_id), "
        "new_description = "
        "(SELECT new_description FROM requests WHERE requests.id = targets.request_id)"
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("new_status")
        batch_op.drop_column("new_description")
        batch_op.alter_column(
            "state", existing_type=sa.String(length=16), type_=sa.String(length=32)
        )
        for column in _new_in_requests():
            batch_op.add_column(column)
        batch_op.create_foreign_key(
            "fk_requests_retry_of_requests", "requests", ["retry_of"], ["id"]
        )
    # What was asked for before is over and told, or the executor tells of it once more.
    op.execute("UPDATE requests SET announced = (due_at IS NULL)")
    with op.batch_alter_table("requests") as batch_op:
        for name in _FILLED:
            batch_op.alter_column(name, server_default=None)
        batch_op.create_index(
            "ix_requests_requester_created_at", ["requester", "created_at"], unique=False
        )
        batch_op.create_index("ix_requests_state", ["state"], unique=False)
    with op.batch_alter_table("audit_events") as batch_op:
        batch_op.create_index(
            "ix_audit_events_change_id_sequence", ["change_id", "sequence"], unique=False
        )
    op.create_table(
        "votes",
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=64)),
        sa.Column("voted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_votes_request_id_requests")
        ),
        sa.PrimaryKeyConstraint("request_id", "voter", name=op.f("pk_votes")),
    )
    op.create_table(
        "received",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_received")),
    )
    op.create_table(
        "freezes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_freezes_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
    )
    op.create_table(
        "refusals",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_refusals")),
    )


def downgrade() -> None:
    """Take it all back; of several targets, what is to be set on the first is kept."""
    for table in ("refusals", "freezes", "received", "votes"):
        op.drop_table(table)
    with op.batch_alter_table("audit_events") as batch_op:
        batch_op.drop_index("ix_audit_events_change_id_sequence")
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_index("ix_requests_state")
        batch_op.drop_index("ix_requests_requester_created_at")
        batch_op.add_column(sa.Column("new_status", sa.String(length=16)))
        batch_op.add_column(sa.Column("new_description", sa.Text()))
    op.execute(
        "UPDATE requests SET "
        "new_status = (SELECT new_status FROM targets "
        "WHERE targets.request_id = requests.id AND position = 0), "
        "new_description = (SELECT new_description FROM targets "
        "WHERE targets.request_id = requests.id AND position = 0)"
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_constraint("fk_requests_retry_of_requests", type_="foreignkey")
        for column in _new_in_requests():
            batch_op.drop_column(column.name)
        batch_op.alter_column(
            "state", existing_type=sa.String(length=32), type_=sa.String(length=16)
        )
    with op.batch_alter_table("targets") as batch_op:
        batch_op.drop_column("new_description")
        batch_op.drop_column("new_status")


def _new_in_requests() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("selected_user", sa.Text()),
        sa.Column("selected_instance", sa.String(length=64)),
        sa.Column("selected_update", sa.JSON(none_as_null=True)),
        sa.Column("prepared", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("choices", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("confirmed_at", UtcDateTime()),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("approval", sa.JSON(none_as_null=True)),
        sa.Column("granted_at", UtcDateTime()),
        sa.Column("closing", sa.JSON(none_as_null=True)),
        sa.Column("held_back", sa.Text(), nullable=False, server_default=""),
        sa.Column("cancelled_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("lasts_seconds", sa.Integer()),
        sa.Column("ends_at", UtcDateTime()),
        sa.Column("end_noted_at", UtcDateTime()),
        sa.Column("timer_stopped_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("retry_of", sa.String(length=16)),
        sa.Column("retried_by", sa.String(length=16)),
        sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("feed_channel", sa.String(length=64)),
        sa.Column("feed_ts", sa.String(length=32)),
        sa.Column("announced", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
    )
