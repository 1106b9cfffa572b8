from bot.changes.authorization import Status
from bot.changes.policy import Role
from bot.commands.answers import Accepted, Later
from bot.commands.status_change import DESCRIBE, DRY_RUN, IDS, REASON, StatusChange, change_status
from bot.commands.subcommand import ON, Call, Group, Subcommand


async def enable(
    *id: str,  # noqa: A002 - people read the name
    reason: str = "",
    describe: str | None = None,
    dry_run: bool = False,
    on: str | None = None,
    call: Call,
) -> Accepted | Later:
    """Set authorizations active."""
    return await change_status(
        call,
        StatusChange(
            ids=id,
            status=Status.ACTIVE,
            reason=reason,
            describe=describe,
            on=on,
            dry_run=dry_run,
        ),
    )


SUBCOMMAND = Subcommand(
    name="enable",
    usage="enable ID… [--reason TEXT] [--describe TEXT] [--dry-run] [--on INSTANCE]",
    summary="Let tokens work again.",
    group=Group.CHANGE,
    role=Role.OPERATOR,
    run=enable,
    changes=True,
    aliases=("active", "activate"),
    explained=(
        IDS,
        REASON,
        DESCRIBE,
        DRY_RUN,
        ON,
    ),
    free_text=("--reason", "--describe"),
)
