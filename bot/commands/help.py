from bot.changes.policy import Role
from bot.commands.answers import Help
from bot.commands.subcommand import Call, Group, Subcommand


async def explain(subcommand: str | None = None, /, *, call: Call) -> Help:
    """List the subcommands, or explain one."""
    return call.help(subcommand)


SUBCOMMAND = Subcommand(
    name="help",
    usage="help [COMMAND]",
    summary="List the commands, or explain one.",
    group=Group.HELP,
    role=Role.ANYONE,
    run=explain,
)
