"""What is asked of the policy, and what it may say; every decision carries its reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from bot.changes.policy import Role
from bot.changes.update import ChangeKind


class RuleName(StrEnum):
    """Which rule decided, without whom and what it is about; a label of metrics.

    ANYONE: it takes no role. ROLE: the person's role, or the lack of one. OTHER_WORKSPACE,
    DEACTIVATED, BOT, GUEST: what the person's account is. NOT_TOLD: Slack does not tell whether the
    person has a role. CHANNEL, DIRECT_MESSAGE, COMMAND_LINE: where it was asked. READ_ONLY, FREEZE:
    what stops all changes. KIND, LEAKED, SEVERAL, LIMIT, BREAK_GLASS_UNDONE: what wants a second
    person. NO_APPROVER, NO_REVIEWER: there is nobody who could be that. OWN_REQUEST: the person
    asked for it themselves.
    """

    ANYONE = "anyone"
    ROLE = "role"
    OTHER_WORKSPACE = "other_workspace"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    GUEST = "guest"
    NOT_TOLD = "not_told"
    CHANNEL = "channel"
    DIRECT_MESSAGE = "direct_message"
    COMMAND_LINE = "command_line"
    READ_ONLY = "read_only"
    FREEZE = "freeze"
    KIND = "kind"
    LEAKED = "leaked"
    SEVERAL = "several"
    LIMIT = "targets_per_person"
    BREAK_GLASS_UNDONE = "break_glass_undone"
    NO_APPROVER = "no_approver"
    NO_REVIEWER = "no_reviewer"
    OWN_REQUEST = "own_request"


@dataclass(frozen=True)
class SecondPerson:
    """Why somebody else has to agree: the rule in words, and its name."""

    rule: str
    name: RuleName


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to do, as the policy judges it.

    Attributes:
        role: The role that it takes.
        kinds: What it changes; empty where it only reads.
        targets: How many tokens it is about.
        earlier: How many tokens the person has asked to change shortly before.
        leaked: Whether it enables what was disabled as leaked.
        break_glass: Whether it is to run at once although an approval may be needed.
        never_alone: Whether it takes back what was done by break-glass, which always needs another
            person.
        typed: Whether it is typed on the bot's own machine, where nothing is enabled.
        channel_id: Where it is asked; a direct message's id begins with ``D``. Empty means that
            the place does not count.
    """

    role: Role
    kinds: frozenset[ChangeKind] = frozenset()
    targets: int = 1
    earlier: int = 0
    leaked: bool = False
    break_glass: bool = False
    never_alone: bool = False
    typed: bool = False
    channel_id: str = ""


@dataclass(frozen=True)
class Freeze:
    """Changes are stopped for every replica, by ``token-bot freeze``."""

    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Allowed:
    """The person may; ``rule`` says why."""

    outcome: ClassVar[str] = "allowed"

    rule: str
    name: RuleName = field(default=RuleName.ROLE, kw_only=True, compare=False)


@dataclass(frozen=True)
class NeedsApproval:
    """The person may ask, and others must agree; ``rule`` says why.

    Attributes:
        approvers: The ids of the users and user groups that can agree.
        quorum: How many of them it takes.
        expires_after: How long after the request it can be approved and carried out.
        name: The rule's name.
    """

    outcome: ClassVar[str] = "needs_approval"

    rule: str
    approvers: frozenset[str]
    quorum: int
    expires_after: timedelta = timedelta(minutes=30)
    name: RuleName = field(default=RuleName.ROLE, kw_only=True, compare=False)


@dataclass(frozen=True)
class AllowedByBreakGlass:
    """The person may at once what needs an approval; somebody else reviews it afterwards.

    Attributes:
        rule: Why the person may.
        needed: The rule that wants the approval.
        approvers: The ids of the users and user groups that can review it.
        name: The name of the rule that wants the approval.
    """

    outcome: ClassVar[str] = "break_glass"

    rule: str
    needed: str
    approvers: frozenset[str]
    name: RuleName = field(default=RuleName.ROLE, kw_only=True, compare=False)


@dataclass(frozen=True)
class Denied:
    """The person may not; ``rule`` says why, ``hint`` what to do.

    Attributes:
        helpers: The ids of users and user groups that may do it instead.
        of_requester: The rule as others read it, where it speaks to the person.
        of_requester_hint: The hint as others read it, where it speaks to the person.
        name: The rule's name.
    """

    outcome: ClassVar[str] = "denied"

    rule: str
    hint: str
    helpers: tuple[str, ...] = ()
    name: RuleName = field(default=RuleName.ROLE, kw_only=True, compare=False)
    of_requester: str = field(default="", compare=False)
    of_requester_hint: str = field(default="", compare=False)

    @property
    def to_others(self) -> "Denied":
        """Say the same of the requester, for a message that everybody reads."""
        hint = self.of_requester_hint or self.hint
        return Denied(self.of_requester or self.rule, hint, self.helpers, name=self.name)


Decision = Allowed | AllowedByBreakGlass | NeedsApproval | Denied
