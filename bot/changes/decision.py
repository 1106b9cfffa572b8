"""Decide whether a person may do something; every decision carries its reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.changes.people import Account, Person, Standing
from bot.changes.policy import LIMIT_WINDOW, Policy, PolicySource, Role, Workspace
from bot.changes.update import ChangeKind


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to do, as the policy judges it.

    Attributes:
        role: The role that it takes.
        kinds: What it changes; empty where it only reads.
        targets: How many tokens it is about.
        earlier: How many tokens the person has asked to change shortly before.
        channel_id: Where it is asked; a direct message's id begins with ``D``. Empty means that
            the place does not count.
    """

    role: Role
    kinds: frozenset[ChangeKind] = frozenset()
    targets: int = 1
    earlier: int = 0
    channel_id: str = ""


@dataclass(frozen=True)
class Freeze:
    """Changes are stopped for every replica, by ``token-bot freeze``."""

    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Allowed:
    """The person may; ``rule`` says why."""

    rule: str


@dataclass(frozen=True)
class NeedsApproval:
    """The person may ask, and others must agree; ``rule`` says why.

    Attributes:
        approvers: The ids of the users and user groups that can agree.
        quorum: How many of them it takes.
        expires_after: How long after the request it can be approved and carried out.
    """

    rule: str
    approvers: frozenset[str]
    quorum: int
    expires_after: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Denied:
    """The person may not; ``rule`` says why, ``hint`` what to do.

    Attributes:
        helpers: The ids of users and user groups that may do it instead.
        of_requester: The rule as others read it, where it speaks to the person.
        of_requester_hint: The hint as others read it, where it speaks to the person.
    """

    rule: str
    hint: str
    helpers: tuple[str, ...] = ()
    of_requester: str = field(default="", compare=False)
    of_requester_hint: str = field(default="", compare=False)

    @property
    def to_others(self) -> "Denied":
        """Say the same of the requester, for a message that everybody reads."""
        hint = self.of_requester_hint or self.hint
        return Denied(self.of_requester or self.rule, hint, self.helpers)


Decision = Allowed | NeedsApproval | Denied

_HELPERS_NAMED = 3
_ACCOUNT = "what kind of account you have"
_ACCOUNT_OF_REQUESTER = "what kind of account the requester has"
_VERBS = {
    ChangeKind.ENABLE: "enabling",
    ChangeKind.DISABLE: "disabling",
    ChangeKind.DESCRIBE: "changing a description",
}


def decide(
    policy: Policy,
    person: Person,
    standing: Standing,
    wanted: Wanted,
    freeze: Freeze | None = None,
) -> Decision:
    """Decide whether a person may do something; default is no.

    Args:
        policy: The policy in force now.
        person: Who asks, with the team id of the person, not of the channel.
        standing: What Slack says of that person now.
        wanted: What it is about.
        freeze: Whether changes are stopped for every replica.
    """
    if not at_home(policy.home, person):
        return Denied(
            "you belong to another Slack workspace than this bot",
            "Ask somebody of the bot's own workspace.",
            of_requester="the requester belongs to another Slack workspace than this bot",
        )
    if wanted.role is Role.ANYONE:
        return Allowed("anyone may")
    held = role_held(policy, person, standing)
    if isinstance(held, Denied):
        return held
    if held.role < wanted.role:
        return _lacking(policy, person, standing, wanted.role, held)
    return _misplaced(policy, wanted) or _change(policy, wanted, held, freeze)


def _change(policy: Policy, wanted: Wanted, held: "Held", freeze: Freeze | None) -> Decision:
    if not wanted.kinds:
        return Allowed(held.rule)
    stopped = stop(policy, freeze)
    if stopped is not None:
        return stopped
    rule = second_person(policy, wanted)
    if not rule:
        return Allowed(held.rule)
    if not policy.roles.approver:
        return Denied(
            f"{rule}, and nobody is an approver",
            f"Ask whoever runs this bot to list approvers in {policy.source}.",
        )
    rules = policy.approval
    return NeedsApproval(rule, policy.roles.approver, rules.quorum, rules.expires_after)


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
            )
        case Account.BOT:
            return Denied("bots may do nothing here", "A person has to ask.")
        case Account.GUEST if person.user_id not in policy.roles.users:
            return Denied(
                "guests may do nothing here unless they are listed by their own user id",
                _ask(policy, person),
                of_requester_hint=_ask(policy, person, whose="the"),
            )
        case _:
            pass
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


def stop(policy: Policy, freeze: Freeze | None) -> Denied | None:
    """Say what stops all changes now, or None."""
    if policy.limits.read_only:
        return Denied(
            f"changes are stopped: {policy.limits.read_only} is set",
            "Whoever runs this bot can lift it.",
        )
    if freeze is not None:
        why = f" ({freeze.reason})" if freeze.reason else ""
        return Denied(
            f"changes are stopped since {freeze.at:%Y-%m-%d %H:%M} UTC by token-bot freeze{why}",
            "Whoever runs this bot can lift it with token-bot unfreeze.",
        )
    return None


def at_home(home: Workspace, person: Person) -> bool:
    """Tell whether a person is of the bot's own workspace, or of its own organisation."""
    if not home.team_id:
        return False
    if person.team_id == home.team_id:
        return True
    return bool(home.enterprise_id) and person.enterprise_id == home.enterprise_id


def _lacking(
    policy: Policy, person: Person, standing: Standing, needed: Role, held: Held
) -> Denied:
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


def _misplaced(policy: Policy, wanted: Wanted) -> Denied | None:
    channels = policy.channels
    if not wanted.channel_id:
        return None
    if is_direct(wanted.channel_id):
        if channels.direct or not wanted.kinds:
            return None
        return Denied(
            "changes from direct messages are switched off",
            "Ask in a channel." if channels.allowed is None else _elsewhere(channels.allowed),
        )
    if channels.allowed is None or wanted.channel_id in {*channels.allowed, channels.feed}:
        return None
    return Denied("this bot is not used in this channel", _elsewhere(channels.allowed))


def is_direct(channel_id: str) -> bool:
    """Tell a direct message's channel from others."""
    return channel_id.startswith("D")


def _elsewhere(allowed: frozenset[str]) -> str:
    named = " or ".join(sorted(allowed))
    return f"Ask in {named}." if named else "No channel is allowed; ask whoever runs this bot."


def second_person(policy: Policy, wanted: Wanted) -> str:
    """Say which rule wants a second person, or give an empty string."""
    rules = policy.approval
    for kind in ChangeKind:
        if kind in wanted.kinds and kind in rules.needed_for:
            return f"{_VERBS[kind]} needs an approval"
    if rules.several and wanted.targets > 1:
        return "changing several tokens at once needs an approval"
    most = policy.limits.targets_per_person
    if most is not None and wanted.earlier + wanted.targets > most:
        minutes = LIMIT_WINDOW.total_seconds() / 60
        return f"changing more than {most} tokens within {minutes:g} minutes needs an approval"
    return ""


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
