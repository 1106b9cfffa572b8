from bot.changes.policy import Role, roles_of
from bot.commands.answers import Notice
from bot.commands.subcommand import Given, Group, Subcommand


async def whoami(*, call: Given) -> Notice:
    """Say which roles the caller has, and by which rule."""
    person = call.ask.person
    roles, rule = roles_of(call.policy, person)
    held = ", ".join(role.title for role in roles) if roles else "none"
    return Notice(
        f"Your roles: {held}",
        (f"Rule: {rule}.", f"Slack user id {person.user_id}, workspace {person.team_id}."),
    )


SUBCOMMAND = Subcommand(
    name="whoami",
    usage="whoami",
    summary="Show your roles, and the rule that gives them.",
    group=Group.HELP,
    role=Role.ANYONE,
    run=whoami,
)
