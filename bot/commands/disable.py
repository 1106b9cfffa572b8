from bot.changes.authorization import Status
from bot.changes.policy import Role
from bot.commands.answers import Accepted, Later
from bot.commands.spans import span
from bot.commands.status_change import DESCRIBE, DRY_RUN, IDS, REASON, StatusChange, change_status
from bot.commands.subcommand import ON, Call, Group, Subcommand


async def disable(
    *id: str,  # noqa: A002 - people read the name
    user: str | None = None,
    reason: str = "",
    describe: str | None = None,
    for_: str | None = None,
    break_glass: bool = False,
    dry_run: bool = False,
    on: str | None = None,
    call: Call,
) -> Accepted | Later:
    """Set authorizations inactive."""
    lasts = None if for_ is None else span(for_)
    return await change_status(
        call,
        StatusChange(
            ids=id,
            status=Status.INACTIVE,
            user=user,
            reason=reason,
            describe=describe,
            lasts=lasts,
            on=on,
            dry_run=dry_run,
            break_glass=break_glass,
        ),
    )


SUBCOMMAND = Subcommand(
    name="disable",
    usage=(
        "disable ID… [--user NAME] [--reason TEXT] [--describe TEXT] [--for TIME] [--break-glass] "
        "[--dry-run] [--on INSTANCE]"
    ),
    summary="Stop tokens: InfluxDB refuses them from the next request on.",
    group=Group.CHANGE,
    role=Role.OPERATOR,
    run=disable,
    changes=True,
    aliases=("revoke", "inactive", "deactivate"),
    explained=(
        IDS,
        ("--user NAME", "All active tokens of this InfluxDB user, in place of ids."),
        REASON,
        DESCRIBE,
        ("--for TIME", "Enables again by itself: 1m to 30d, such as 30m, 2h, 1d or 1h30m."),
        ("--break-glass", "Disables at once where that needs an approval; it is reviewed later."),
        DRY_RUN,
        ON,
    ),
    free_text=("--reason", "--describe"),
)
