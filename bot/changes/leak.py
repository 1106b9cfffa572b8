"""What is known of a leaked API token: what InfluxDB says to whoever shows it, and who sees it."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.unseen import INVISIBLE

LONGEST_SECRET = 512
"""Characters. InfluxDB mints 88, but a token that is given at the setup can be any string."""

_MINTED = re.compile(r"[A-Za-z0-9_-]{86}==")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_QUOTES = "\"'`“”„‘’«»"
_PREFIX = re.compile(r"authorization\s*[:=]|(?:token|bearer)(?=\s)", re.IGNORECASE)
# What is wrapped around a secret is short; whatever is longer than this cannot be one.
_LONGEST_PASTE = 4 * LONGEST_SECRET


class Verdict(StrEnum):
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

    verdict: Verdict
    at: datetime
    user_id: str | None
    detail: str
    shown: bool = True

    @property
    def dead(self) -> bool:
        """Tell whether it is proven that InfluxDB accepts the token no more."""
        return self.verdict not in {Verdict.LIVE, Verdict.NOT_PROVEN}


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


def clean(text: str) -> SecretStr | Problem:
    """Take a secret out of what was pasted, or say what is wrong with that.

    White space, quotes and the words that come before a token in a header are taken off, and so
    are characters that do not show. Any other string can be a token.
    """
    if len(text) > _LONGEST_PASTE:
        return _TOO_LONG
    bare, before = _INVISIBLE.sub("", text).strip(), None
    while bare != before:
        before = bare
        bare = bare.strip(_QUOTES).strip()
        prefix = _PREFIX.match(bare)
        if prefix is not None:
            bare = bare[prefix.end() :].strip()
    if not bare:
        return _BLANK
    return SecretStr(bare) if len(bare) <= LONGEST_SECRET else _TOO_LONG


def unusual(secret: SecretStr) -> bool:
    """Tell whether a secret has another form than the tokens that InfluxDB makes up itself."""
    return _MINTED.fullmatch(secret.get_secret_value()) is None


def fingerprint(key: SecretStr, secret: SecretStr) -> str:
    """Give what a secret can be recognised by, but not found from without the key.

    HMAC-SHA256, in hexadecimal digits.
    """
    return hmac.digest(_encoded(key), _encoded(secret), "sha256").hex()


def _encoded(secret: SecretStr) -> bytes:
    # JSON can hold half a surrogate pair.
    return secret.get_secret_value().encode("utf-8", "surrogatepass")


_BLANK = Problem(ErrorCode.USAGE, "There is no secret in this.", "Paste the leaked token.")
_TOO_LONG = Problem(
    ErrorCode.USAGE,
    f"This is longer than {LONGEST_SECRET} characters.",
    "Paste the leaked token alone.",
)
