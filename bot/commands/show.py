from bot.changes.policy import Role
from bot.commands.answers import Later
from bot.commands.identifiers import authorization_id
from bot.commands.subcommand import ID, ON, Call, Group, Subcommand


async def show(
    id: str,  # noqa: A002 - people read the name
    /,
    *,
    on: str | None = None,
    call: Call,
) -> Later:
    """Show everything about a token but its secret."""
    wanted = authorization_id(id)
    instance = call.instance_named(on)
    return Later(lambda: call.queries.details(instance or None, wanted))


SUBCOMMAND = Subcommand(
    name="show",
    usage="show ID [--on INSTANCE]",
    summary="Show everything about a token but its secret, and its last changes.",
    group=Group.FIND,
    role=Role.VIEWER,
    run=show,
    explained=(
        ID,
        ON,
    ),
)
