"""What is asked of the policy, and what it may say; every decision carries its reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.changes.policy import Role
from bot.changes.update import ChangeKind


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
class AllowedByBreakGlass:
    """The person may at once what needs an approval; somebody else reviews it afterwards.

    Attributes:
        rule: Why the person may.
        needed: The rule that wants the approval.
        approvers: The ids of the users and user groups that can review it.
    """

    rule: str
    needed: str
    approvers: frozenset[str]


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


Decision = Allowed | AllowedByBreakGlass | NeedsApproval | Denied
