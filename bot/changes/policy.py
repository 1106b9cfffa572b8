"""Who may do what, as a value; ``deciding`` judges by it."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from functools import cached_property

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


class PolicySource(StrEnum):
    """Where the roles are written down; rules and remedies name it."""

    ALLOWED_USERS = "ALLOWED_USERS"
    FILE = "token-bot.toml"


@dataclass(frozen=True)
class Workspace:
    """The Slack workspace that the bot is installed in.

    Source: https://docs.slack.dev/reference/methods/auth.test
    """

    team_id: str
    enterprise_id: str | None = None


@dataclass(frozen=True)
class Roles:
    """Who holds which role: Slack user ids (``U…``, ``W…``) and user-group ids (``S…``)."""

    viewer: frozenset[str] = frozenset()
    operator: frozenset[str] = frozenset()
    approver: frozenset[str] = frozenset()

    @classmethod
    def every(cls, ids: frozenset[str]) -> "Roles":
        """Give every role to the same ids."""
        return cls(viewer=ids, operator=ids, approver=ids)

    def holding(self, role: Role) -> frozenset[str]:
        """List the ids to which a role is given, without those that hold it by a higher one."""
        return {
            Role.VIEWER: self.viewer,
            Role.OPERATOR: self.operator,
            Role.APPROVER: self.approver,
        }.get(role, frozenset())

    @property
    def ids(self) -> frozenset[str]:
        """List all ids, of users and of groups."""
        return self.viewer | self.operator | self.approver

    @property
    def groups(self) -> frozenset[str]:
        """List the user groups."""
        return frozenset(each for each in self.ids if is_group(each))

    @property
    def users(self) -> frozenset[str]:
        """List the users that are named themselves."""
        return self.ids - self.groups


def is_group(slack_id: str) -> bool:
    """Tell a user group's id from a user's."""
    return slack_id.startswith("S")


@dataclass(frozen=True)
class ChannelRules:
    """Where changes may be asked for.

    Attributes:
        allowed: The channels in which commands and clicks count; None means every channel.
        direct: Whether changes may be asked for in direct messages.
        feed: The channel where every change is also posted, or None.
    """

    allowed: frozenset[str] | None = None
    direct: bool = True
    feed: str | None = None


@dataclass(frozen=True)
class ApprovalRules:
    """When a second person is needed, and what makes an approval.

    Attributes:
        needed_for: The kinds of change that need one.
        several: Whether a change of two or more tokens needs one.
        expires_after: How long after the request it can be approved and carried out.
        self_approval: Whether the requester's own vote counts.
        quorum: How many votes it takes.
    """

    needed_for: frozenset[ChangeKind] = frozenset()
    several: bool = False
    expires_after: timedelta = timedelta(minutes=30)
    self_approval: bool = False
    quorum: int = 1

    @property
    def second_person(self) -> bool:
        """Tell whether a second person is needed for anything."""
        return bool(self.needed_for) or self.several


@dataclass(frozen=True)
class Limits:
    """How much is allowed at all.

    Attributes:
        targets_per_person: How many tokens one person may ask to change within
            ``LIMIT_WINDOW``; above it an approver is needed. None means any number.
        read_only: The name of the setting that stops all changes; empty if none does.
    """

    targets_per_person: int | None = None
    read_only: str = ""


LIMIT_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class OwnerMapping:
    """Who in Slack answers for an InfluxDB user.

    Attributes:
        user: The user's name, or its id in small letters.
        slack_user: The Slack user's id (``U…``, ``W…``).
        instance: On which InfluxDB the user is; None means on all of them.
    """

    user: str
    slack_user: str
    instance: str | None = None


@dataclass(frozen=True)
class Policy:
    """Who may do what, where and when. Whoever is not named holds no role.

    Attributes:
        home: The bot's own workspace; people of others may do nothing.
        source: Where the roles are written down.
        undo_window: How long after a change its Undo works.
        owners: Who is told of a leaked token. It gives nobody a permission.
    """

    home: Workspace
    roles: Roles
    source: PolicySource = PolicySource.ALLOWED_USERS
    channels: ChannelRules = field(default_factory=ChannelRules)
    approval: ApprovalRules = field(default_factory=ApprovalRules)
    limits: Limits = field(default_factory=Limits)
    undo_window: timedelta = timedelta(hours=24)
    owners: frozenset[OwnerMapping] = frozenset()

    @property
    def going(self) -> "Policy":
        """Give the policy without its stop of all changes.

        What only votes, or cancels, changes nothing; what was accepted before a stop waits for its
        end instead of being refused.
        """
        return replace(self, limits=replace(self.limits, read_only=""))

    @property
    def alone(self) -> "Policy":
        """Give the policy as it is for what one person may do alone, and no stop hinders.

        Whoever votes, confirms or cancels moves on what was judged when it was asked for, and is
        judged again before anything is sent. They may do so where this bot wrote to them.
        """
        return replace(
            self,
            limits=replace(self.going.limits, targets_per_person=None),
            channels=replace(self.channels, direct=True),
            approval=ApprovalRules(),
        )

    @cached_property
    def digest(self) -> str:
        """Name the policy's content, so that the record says by which policy was decided.

        The owners are no part of it: nothing is decided by them. It is worked out once: everything
        that is decided is recorded with it.
        """
        deciding = {key: value for key, value in asdict(self).items() if key != "owners"}
        content = json.dumps(deciding, sort_keys=True, default=_steady)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def _steady(value: object) -> object:
    """Write what JSON does not know, the same for the same content."""
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)
