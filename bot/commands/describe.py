from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.policy import Role
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.changes.wish import Wish
from bot.commands.answers import Accepted
from bot.commands.grammar import shows
from bot.commands.identifiers import authorization_id
from bot.commands.subcommand import ID, ON, Call, Group, Subcommand


async def describe(
    id: str,  # noqa: A002 - people read the name
    text: str,
    /,
    *,
    on: str | None = None,
    call: Call,
) -> Accepted:
    """Set an authorization's description to the text after the id, as it was typed."""
    if not shows(text):
        raise UserError(
            Problem(
                ErrorCode.USAGE,
                "The text holds nothing that can be shown.",
                f"Usage: {call.command} {SUBCOMMAND.usage}",
            )
        )
    update = AuthorizationUpdate(description=text)
    target = Target(call.instance_named(on), authorization_id(id), update)
    return Accepted(await call.intake.open(call.ask, Wish((target,))))


SUBCOMMAND = Subcommand(
    name="describe",
    usage="describe [--on INSTANCE] ID TEXT…",
    summary="Set a token's description to everything after the id, as you type it.",
    group=Group.CHANGE,
    role=Role.OPERATOR,
    run=describe,
    changes=True,
    aliases=("rename",),
    verbatim_after=1,
    explained=(
        ID,
        ("TEXT…", "Everything behind the id, as it is typed; no quotes are needed."),
        ON,
    ),
)
