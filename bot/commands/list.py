from bot.changes.authorization import Status
from bot.changes.policy import Role
from bot.changes.queries import ListQuery
from bot.commands.answers import Later
from bot.commands.subcommand import Given, Group, Subcommand


async def list_tokens(
    *words: str,
    user: str | None = None,
    org: str | None = None,
    status: Status | None = None,
    call: Given,
) -> Later:
    """List the tokens whose description, id, owner or organisation holds every word."""
    query = ListQuery(words, user, org, status)
    return Later(lambda: call.queries.tokens(call.instance, query))


SUBCOMMAND = Subcommand(
    name="list",
    usage="list [WORDS…] [--user NAME] [--org NAME] [--status active|inactive]",
    summary="List the tokens whose description, id, owner or organisation matches.",
    group=Group.FIND,
    role=Role.VIEWER,
    run=list_tokens,
    aliases=("find", "ls"),
)
