from bot.changes.deciding import at_home
from bot.changes.decision import Denied
from bot.changes.policy import Role
from bot.changes.roles_held import role_held
from bot.commands.answers import Notice
from bot.commands.subcommand import Call, Group, Subcommand


async def whoami(*, call: Call) -> Notice:
    """Say which roles the caller has, and by which rule."""
    person, standing = call.ask.person, call.ask.standing
    held = role_held(call.policy, person, standing)
    role = Role.ANYONE if isinstance(held, Denied) else held.role
    roles = [each.title for each in Role if Role.ANYONE < each <= role]
    rule = held.rule or "you are not listed, nor in a user group that is"
    lines = [f"Rule: {rule}."]
    if not at_home(call.policy.home, person):
        roles, lines = [], ["Rule: you belong to another Slack workspace than this bot."]
    if standing.unreadable:
        groups = ", ".join(sorted(standing.unreadable))
        lines.append(f"Slack does not tell now who is in {groups}; that may give you more.")
    lines.append(f"Slack user id {person.user_id}, workspace {person.team_id}.")
    return Notice(f"Your roles: {', '.join(roles) or 'none'}", tuple(lines))


SUBCOMMAND = Subcommand(
    name="whoami",
    usage="whoami",
    summary="Show your roles, and the rule that gives them.",
    group=Group.HELP,
    role=Role.ANYONE,
    run=whoami,
)
