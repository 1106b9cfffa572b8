"""Whether those to whom the policy gives roles are there, and may use them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.changes.people import Account
from bot.changes.policy import PolicySource, Roles
from bot.check.answers import Refused, Silent, Told, reason
from bot.check.findings import Finding, counted, listed, note, ok, problem


@dataclass(frozen=True)
class Member:
    """What Slack says of a user.

    Attributes:
        account: The kind of account.
        at_home: Whether the user is of the bot's own workspace or organisation.
    """

    account: Account
    at_home: bool = True


@dataclass(frozen=True)
class Group:
    """What Slack says of a user group."""

    members: frozenset[str]
    disabled: bool = False


@dataclass(frozen=True)
class Crowd:
    """Who is there.

    Attributes:
        users: Those that were asked for, by id.
        groups: Every user group of the workspace, by id.
    """

    users: Mapping[str, Told[Member]] = field(default_factory=dict)
    groups: Told[Mapping[str, Group]] = field(default_factory=dict)

    def members(self, group_id: str) -> frozenset[str] | None:
        """Give who is in a user group; None if Slack does not tell."""
        if isinstance(self.groups, Refused | Silent):
            return None
        group = self.groups.get(group_id)
        return frozenset() if group is None or group.disabled else group.members


def people_findings(roles: Roles, source: PolicySource, crowd: Crowd) -> list[Finding]:
    """Judge the users and user groups to whom a role is given.

    Args:
        roles: Who holds which role.
        source: Where the roles are written down.
        crowd: Who is there.
    """
    found = [*_roles(roles, source), *_users(roles, source, crowd), *_groups(roles, source, crowd)]
    if found or not roles.ids:
        return found
    named = [counted(len(roles.users), "user"), counted(len(roles.groups), "user group")]
    said = " and ".join(each for each in named if not each.startswith("0 "))
    return [ok(f"{said} in {source}: Slack knows them all.")]


def _roles(roles: Roles, source: PolicySource) -> Iterator[Finding]:
    if roles.ids and not roles.operator | roles.approver:
        yield note(
            "Nobody may change a token: no operator and no approver is listed.",
            f"List some in [roles] in {source} unless the bot is to show tokens alone.",
        )


def _users(roles: Roles, source: PolicySource, crowd: Crowd) -> Iterator[Finding]:
    untold: dict[str, list[str]] = {}
    for user in sorted(roles.users):
        match crowd.users.get(user):
            case None:
                untold.setdefault("was not asked, since too many are listed", []).append(user)
            case Refused("user_not_found"):
                yield problem(
                    f"{user} in {source} is no user of this workspace.", "Correct or remove it."
                )
            case Refused() | Silent() as answer:
                untold.setdefault(reason(answer), []).append(user)
            case Member() as member:
                yield from _user(user, source, member)
    for why, users in untold.items():
        yield note(f"Not looked up: {listed(users)}. Slack {why}.")


def _user(user: str, source: PolicySource, member: Member) -> Iterator[Finding]:
    if not member.at_home:
        yield problem(
            f"{user} in {source} belongs to another workspace, and is always refused.",
            "Remove that id.",
        )
    elif member.account is Account.DEACTIVATED:
        yield problem(
            f"{user} in {source} is deactivated, and is always refused.", "Remove that id."
        )
    elif member.account is Account.BOT:
        yield problem(
            f"{user} in {source} is a bot, and bots are always refused.", "Remove that id."
        )
    elif member.account is Account.GUEST:
        yield note(
            f"{user} in {source} is a guest, and may do what the role allows, being listed by id.",
            "Remove that id unless it is meant.",
        )


def _groups(roles: Roles, source: PolicySource, crowd: Crowd) -> Iterator[Finding]:
    if not roles.groups:
        return
    if isinstance(crowd.groups, Refused | Silent):
        yield _unreadable(roles.groups, source, crowd.groups)
        return
    for group_id in sorted(roles.groups):
        group = crowd.groups.get(group_id)
        if group is None:
            yield problem(
                f"{group_id} in {source} is no user group of this workspace.",
                "Correct or remove it.",
            )
        elif group.disabled:
            yield problem(
                f"The user group {group_id} in {source} is disabled, so it gives nobody a role.",
                "Enable it in Slack, or remove that id.",
            )
        elif not group.members:
            yield problem(
                f"The user group {group_id} in {source} is empty, so it gives nobody a role.",
                "Add members to it in Slack, or remove that id.",
            )


def _unreadable(groups: frozenset[str], source: PolicySource, answer: Refused | Silent) -> Finding:
    what = f"Who is in {listed(groups)} cannot be read: Slack {reason(answer)}. Nobody gets a role "
    remedy = "List users by their own ids as well."
    if answer == Refused("plan_upgrade_required"):
        remedy = f"User groups need a paid Slack plan: list users by their own ids in {source}."
    elif answer == Refused("missing_scope"):
        remedy = "Give the app the scope usergroups:read, and install it again."
    return problem(f"{what}by them.", remedy)
