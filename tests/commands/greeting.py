"""A subcommand as a newcomer would write it."""

from bot.changes.policy import Role
from bot.commands.answers import Notice
from bot.commands.subcommand import Call, Group, Subcommand


async def say_hello(name: str = "you", /, *, loud: bool = False, call: Call) -> Notice:
    """Greet somebody."""
    hello = f"Hello {name}, says {call.ask.person.user_id}"
    return Notice(hello.upper() if loud else hello)


GREET = Subcommand(
    name="greet",
    usage="greet [NAME] [--loud]",
    summary="Greet somebody.",
    group=Group.HELP,
    role=Role.ANYONE,
    run=say_hello,
    aliases=("hello",),
)
