from bot.changes.policy import Role
from bot.commands.answers import Later
from bot.commands.identifiers import authorization_id
from bot.commands.subcommand import Given, Group, Subcommand


async def show(id: str, /, *, call: Given) -> Later:  # noqa: A002 - people read the name
    """Show everything about a token but its secret."""
    wanted = authorization_id(id)
    return Later(lambda: call.queries.details(call.instance, wanted))


SUBCOMMAND = Subcommand(
    name="show",
    usage="show ID",
    summary="Show everything about a token but its secret, and its last changes.",
    group=Group.FIND,
    role=Role.VIEWER,
    run=show,
)
