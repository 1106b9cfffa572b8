"""The second person that a request needs, and who has agreed."""

from dataclasses import dataclass
from datetime import datetime

from bot.changes.people import Person


@dataclass(frozen=True)
class Vote:
    """One approver's Approve."""

    voter: Person
    at: datetime


@dataclass(frozen=True)
class Approval:
    """The second person that a request needs.

    Attributes:
        rule: Why it needs one.
        approvers: The ids of the users and user groups that could agree when it was asked.
        quorum: How many of them it takes.
        votes: Who has agreed, the first one first.
        granted_at: When there were enough votes; None while there are not.
    """

    rule: str
    approvers: tuple[str, ...]
    quorum: int
    votes: tuple[Vote, ...] = ()
    granted_at: datetime | None = None
