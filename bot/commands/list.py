from bot.changes.authorization import Status
from bot.changes.lists import ListQuery
from bot.changes.policy import Role
from bot.commands.answers import Later
from bot.commands.subcommand import Call, Group, Subcommand


async def list_tokens(
    *words: str,
    user: str | None = None,
    org: str | None = None,
    status: Status | None = None,
    on: str | None = None,
    call: Call,
) -> Later:
    """List the tokens whose description, id, owner or organisation holds every word."""
    instance = call.instance_named(on) or None
    query = ListQuery(words, user, org, status, instance=instance)
    return Later(lambda: call.queries.tokens(query))


SUBCOMMAND = Subcommand(
    name="list",
    usage=("list [WORDS…] [--user NAME] [--org NAME] [--status active|inactive] [--on INSTANCE]"),
    summary="List the tokens whose description, id, owner or organisation matches.",
    group=Group.FIND,
    role=Role.VIEWER,
    run=list_tokens,
    aliases=("find", "ls"),
    explained=(
        (
            "WORDS…",
            "Each has to be in the description, the id, or the owner's or organisation's name.",
        ),
        ("--user NAME", "Tokens of this InfluxDB user, written exactly as there."),
        ("--org NAME", "Tokens of this organisation, written exactly as in InfluxDB."),
        ("--status active|inactive", "Tokens that work, or tokens that do not."),
        ("--on INSTANCE", "On this InfluxDB alone."),
    ),
)
