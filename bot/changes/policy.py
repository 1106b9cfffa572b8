import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from bot.changes.request import Person
from bot.changes.update import ChangeKind


class Role(IntEnum):
    """What a person may do; each role holds those below it."""

    ANYONE = 0
    VIEWER = 1
    OPERATOR = 2
    APPROVER = 3

    @property
    def title(self) -> str:
        """Name the role as people read it."""
        return self.name.lower()


@dataclass(frozen=True)
class Workspace:
    """The Slack workspace that the bot is installed in.

    Source: https://docs.slack.dev/reference/methods/auth.test
    """

    team_id: str
    enterprise_id: str | None = None


@dataclass(frozen=True)
class Policy:
    """Who may do what. ``allowed_users`` hold every role; nobody else holds any.

    Attributes:
        undo_window: How long after a change its Undo works.
        read_only: Whether all changes are stopped.
    """

    home: Workspace
    allowed_users: frozenset[str]
    read_only: bool = False
    undo_window: timedelta = timedelta(hours=24)

    @property
    def digest(self) -> str:
        """Name the policy's content, so that the record says by which policy was decided."""
        content = {
            "allowed_users": sorted(self.allowed_users),
            "home": [self.home.team_id, self.home.enterprise_id],
            "read_only": self.read_only,
            "undo_window": self.undo_window.total_seconds(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Allowed:
    """The person may; ``rule`` says why."""

    rule: str


@dataclass(frozen=True)
class Denied:
    """The person may not; ``rule`` says why, ``hint`` who can help."""

    rule: str
    hint: str


Decision = Allowed | Denied

_NOT_LISTED = "you are not in ALLOWED_USERS"
_ASK_AN_OPERATOR = "Ask whoever runs this bot to add your Slack user id {user} to ALLOWED_USERS."
_ELSEWHERE = "you belong to another Slack workspace than this bot"
_ASK_INSIDE = "Ask somebody of the bot's own workspace."
_READ_ONLY = "changes are stopped: READ_ONLY is set"
_ASK_TO_LIFT = "Whoever runs this bot can lift it."


def decide(
    policy: Policy, person: Person, needed: Role, kind: ChangeKind | None = None
) -> Decision:
    """Decide whether a person may do something; default is no.

    Args:
        policy: The policy in force now.
        person: Who asks, with the team id of the person, not of the channel.
        needed: The role that it takes.
        kind: What it changes, or None where it only reads.
    """
    if not _at_home(policy.home, person):
        return Denied(_ELSEWHERE, _ASK_INSIDE)
    if needed is Role.ANYONE:
        return Allowed("anyone may")
    if person.user_id not in policy.allowed_users:
        return Denied(_NOT_LISTED, _ASK_AN_OPERATOR.format(user=person.user_id))
    if kind is not None and policy.read_only:
        return Denied(_READ_ONLY, _ASK_TO_LIFT)
    return Allowed("you are in ALLOWED_USERS")


def roles_of(policy: Policy, person: Person) -> tuple[tuple[Role, ...], str]:
    """List a person's roles, and the rule that gives or withholds them."""
    decision = decide(policy, person, Role.APPROVER)
    if isinstance(decision, Allowed):
        return (Role.VIEWER, Role.OPERATOR, Role.APPROVER), decision.rule
    return (), decision.rule


def _at_home(home: Workspace, person: Person) -> bool:
    if person.team_id == home.team_id:
        return True
    return home.enterprise_id is not None and person.enterprise_id == home.enterprise_id
