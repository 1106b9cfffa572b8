from bot.changes.authorization import Status
from bot.changes.policy import Role
from bot.commands.answers import Accepted, Later
from bot.commands.status_change import change_status
from bot.commands.subcommand import Given, Group, Subcommand


async def disable(
    id: str,  # noqa: A002 - people read the name
    /,
    *,
    reason: str = "",
    describe: str | None = None,
    dry_run: bool = False,
    call: Given,
) -> Accepted | Later:
    """Set an authorization inactive."""
    return await change_status(call, id, Status.INACTIVE, reason, describe, dry_run=dry_run)


SUBCOMMAND = Subcommand(
    name="disable",
    usage="disable ID [--reason TEXT] [--describe TEXT] [--dry-run]",
    summary="Stop a token: InfluxDB refuses it from the next request on.",
    group=Group.CHANGE,
    role=Role.OPERATOR,
    run=disable,
    changes=True,
    aliases=("revoke", "inactive", "deactivate"),
    free_text=("--reason", "--describe"),
)
