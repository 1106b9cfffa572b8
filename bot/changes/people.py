from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNKNOWN_TEAM = "unknown"
"""Stands for a Slack team that nobody has told; no team has this id."""


@dataclass(frozen=True)
class Person:
    """Somebody in Slack, by the ids that Slack vouches for, never by name."""

    user_id: str
    team_id: str
    enterprise_id: str | None = None


class Account(StrEnum):
    """What kind of account a person has in Slack.

    MEMBER: a full member. GUEST: restricted to some channels. BOT: no human. DEACTIVATED: signed
    out for good. UNKNOWN: Slack did not tell.
    """

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Standing:
    """What Slack says of a person at a moment; the policy decides by it.

    Attributes:
        account: The kind of account.
        groups: The user groups of the policy in which the person is.
        unreadable: The user groups of the policy whose members Slack did not tell.
        as_of: When Slack told the oldest of this, where it does not answer and what is stored has
            to do; None where it was told now, or nothing is known.
    """

    account: Account = Account.UNKNOWN
    groups: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    as_of: datetime | None = None


@dataclass(frozen=True)
class KnownGroup:
    """Who was in a user group when Slack told it last."""

    id: str
    members: frozenset[str]
    told_at: datetime


@dataclass(frozen=True)
class KnownPerson:
    """What kind of account somebody had when Slack told it last."""

    person: Person
    account: Account
    told_at: datetime
