from bot.changes.policy import Role
from bot.changes.record_queries import Pending
from bot.commands.subcommand import Call, Group, Subcommand


async def pending(*, call: Call) -> Pending:
    """Show what waits: for approval, for its requester, for InfluxDB, or for its time."""
    return await call.queries.pending()


SUBCOMMAND = Subcommand(
    name="pending",
    usage="pending",
    summary="Show what waits for approval, Confirm, InfluxDB, its time or its review.",
    group=Group.RECORD,
    role=Role.VIEWER,
    run=pending,
)
