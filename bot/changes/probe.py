"""What an instance says to whoever shows it a leaked token, and what it shows of that token."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.changes.authorization import Authorization


class ProbeVerdict(StrEnum):
    """What InfluxDB makes of a token that is sent to it.

    It takes the message to tell these apart: an inactive token gets 200 and an empty list from
    whatever lists, and one that may not read its own user gets 401 though it is live.
    """

    LIVE = "live"
    INACTIVE = "inactive"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a verdict, not a secret
    OWNER_INACTIVE = "owner_inactive"
    NOT_PROVEN = "not_proven"


@dataclass(frozen=True)
class Probe:
    """What one instance said to a request with the leaked token itself.

    Attributes:
        verdict: What that means. Only ``inactive``, ``unknown_token`` and ``owner_inactive`` prove
            that the token is of no use.
        at: When the answer came, by the bot's clock, or when none was waited for any longer.
        user_id: Whose token it is, where it is live.
        detail: What InfluxDB said, with secrets masked, or why nothing is proven.
        shown: Whether the instance was shown the token; it is not once that is gone from memory.
    """

    verdict: ProbeVerdict
    at: datetime
    user_id: str | None
    detail: str
    shown: bool = True

    @property
    def dead(self) -> bool:
        """Tell whether it is proven that InfluxDB accepts the token no more."""
        return self.verdict not in {ProbeVerdict.LIVE, ProbeVerdict.NOT_PROVEN}


class Search(StrEnum):
    """How it was looked for an authorization that has the leaked token."""

    COMPARED = "compared"
    """With the tokens that the server shows."""
    ASKED = "asked"
    """InfluxDB Cloud tells by its query for a token."""
    HIDDEN = "hidden"
    """Not at all: this server shows no token."""
    IMPOSSIBLE = "impossible"
    """Not at all: it holds what no HTTP header can carry, so InfluxDB accepts no such token."""
    FAILED = "failed"
    """The server did not answer as it should."""


@dataclass(frozen=True)
class Sighting:
    """What one instance shows of a leaked token.

    Attributes:
        search: How it was looked for.
        matches: The authorizations that have exactly this token.
        shown: How many authorizations the token was compared with.
        hidden: How many authorizations the server lists without their tokens.
        why: What went wrong, if something did.
    """

    search: Search
    matches: tuple[Authorization, ...] = ()
    shown: int = 0
    hidden: int = 0
    why: str = ""
