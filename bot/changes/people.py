from dataclasses import dataclass
from enum import StrEnum


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
    """

    account: Account = Account.UNKNOWN
    groups: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
