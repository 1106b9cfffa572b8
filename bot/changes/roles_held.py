"""Which role a person holds, and what is said where one is lacking."""

from dataclasses import dataclass

from bot.changes.decision import Denied, RuleName
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import Policy, PolicySource, Role

_HELPERS_NAMED = 3
_ACCOUNT = "what kind of account you have"
_ACCOUNT_OF_REQUESTER = "what kind of account the requester has"


@dataclass(frozen=True)
class Held:
    """The highest role that a person holds; ``rule`` says by what."""

    role: Role
    rule: str


def role_held(policy: Policy, person: Person, standing: Standing) -> Held | Denied:
    """Give the highest role that a person holds, ANYONE if none, or say why none counts."""
    match standing.account:
        case Account.DEACTIVATED:
            return Denied(
                "your Slack account is deactivated",
                "Ask whoever runs your Slack workspace.",
                of_requester="the requester's Slack account is deactivated",
                of_requester_hint="Ask whoever runs the Slack workspace.",
                name=RuleName.DEACTIVATED,
            )
        case Account.BOT:
            return Denied("bots may do nothing here", "A person has to ask.", name=RuleName.BOT)
        case Account.GUEST if person.user_id not in policy.roles.users:
            return Denied(
                "guests may do nothing here unless they are listed by their own user id",
                _ask(policy, person),
                of_requester_hint=_ask(policy, person, whose="the"),
                name=RuleName.GUEST,
            )
    # Guests can be in user groups, too; for them, and whoever may be one, only their own id counts.
    counting = standing.groups if standing.account is Account.MEMBER else frozenset()
    for role in (Role.APPROVER, Role.OPERATOR, Role.VIEWER):
        listed = policy.roles.holding(role)
        if person.user_id in listed:
            return Held(role, _by(policy, role, ""))
        groups = sorted(listed & counting)
        if groups:
            return Held(role, _by(policy, role, groups[0]))
    return Held(Role.ANYONE, "")


def lacking(policy: Policy, person: Person, standing: Standing, needed: Role, held: Held) -> Denied:
    """Say that a role is lacking, or that Slack does not tell whether it is."""
    untold = _untold(policy, standing, needed)
    if untold:
        theirs = _ACCOUNT_OF_REQUESTER if untold == _ACCOUNT else untold
        return Denied(
            f"Slack does not tell now {untold}, so this bot cannot tell whether you may",
            "Try again in a minute, or ask somebody who is listed by their own user id.",
            of_requester=(
                f"Slack does not tell now {theirs}, so this bot cannot tell whether the requester "
                "may"
            ),
            name=RuleName.NOT_TOLD,
        )
    helpers = tuple(sorted(policy.roles.holding(needed) | policy.roles.approver)[:_HELPERS_NAMED])
    if policy.source is PolicySource.ALLOWED_USERS:
        return Denied(
            "you are not in ALLOWED_USERS",
            _ask(policy, person),
            helpers,
            of_requester="the requester is not in ALLOWED_USERS",
            of_requester_hint=_ask(policy, person, whose="the"),
        )
    none, takes = held.role is Role.ANYONE, f"and this takes {_a(needed)}"
    holds = "you hold no role" if none else f"you are {_a(held.role)}"
    is_now = "holds no role" if none else f"is {_a(held.role)}"
    return Denied(
        f"{holds}, {takes}",
        _ask(policy, person, needed),
        helpers,
        of_requester=f"the requester {is_now}, {takes}",
        of_requester_hint=_ask(policy, person, needed, whose="the"),
    )


def _untold(policy: Policy, standing: Standing, needed: Role) -> str:
    """Say what Slack does not tell now and what would give the role, or give an empty string."""
    giving = [
        group for role in Role if role >= needed for group in sorted(policy.roles.holding(role))
    ]
    if standing.account is Account.UNKNOWN and standing.groups.intersection(giving):
        return _ACCOUNT
    might = [group for group in giving if group in standing.unreadable]
    return f"who is in the user group {might[0]}" if might else ""


def _by(policy: Policy, role: Role, group: str) -> str:
    if policy.source is PolicySource.ALLOWED_USERS:
        return (
            f"you are in {group}, which is in ALLOWED_USERS"
            if group
            else ("you are in ALLOWED_USERS")
        )
    return f"you are {_a(role)}{f' by the user group {group}' if group else ''}"


def _ask(
    policy: Policy, person: Person, needed: Role = Role.OPERATOR, *, whose: str = "your"
) -> str:
    where = (
        policy.source
        if policy.source is PolicySource.ALLOWED_USERS
        else f"{needed.title} in {policy.source}"
    )
    return f"Ask whoever runs this bot to add {whose} Slack user id {person.user_id} to {where}."


def _a(role: Role) -> str:
    return f"an {role.title}" if role.title[0] in "aeiou" else f"a {role.title}"
