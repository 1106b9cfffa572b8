from bot.changes.policy import Role
from bot.commands.answers import Accepted
from bot.commands.identifiers import change_id
from bot.commands.subcommand import Call, Group, Subcommand


async def undo(change: str | None = None, /, *, call: Call) -> Accepted:
    """Restore what was before a change; without one, before the caller's latest in this channel."""
    named = None if change is None else change_id(change)
    return Accepted(await call.reversals.undo(call.ask, named))


SUBCOMMAND = Subcommand(
    name="undo",
    usage="undo [CHANGE]",
    summary="Restore what was before a change; without CHANGE, before your latest one here.",
    group=Group.CHANGE,
    role=Role.OPERATOR,
    run=undo,
    changes=True,
    explained=(("CHANGE", "The change, by its id, such as 7F3K2Q."),),
)
