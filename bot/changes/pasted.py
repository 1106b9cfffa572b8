"""A leaked API token as somebody has pasted it: taken out, looked at, and remembered."""

import hmac
import re

from pydantic import SecretStr

from bot.changes.errors import ErrorCode, Problem
from bot.changes.secret import of_another_product
from bot.changes.unseen import INVISIBLE

LONGEST_SECRET = 512
"""Characters. InfluxDB mints 88, but a token that is given at the setup can be any string."""

_MINTED = re.compile(r"[A-Za-z0-9_-]{86}==")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_QUOTES = "\"'`“”„‘’«»"
_PREFIX = re.compile(r"authorization\s*[:=]|(?:token|bearer)(?=\s)", re.IGNORECASE)
# What is wrapped around a secret is short; whatever is longer than this cannot be one.
_LONGEST_PASTE = 4 * LONGEST_SECRET


def clean(text: str) -> SecretStr | Problem:
    """Take a secret out of what was pasted, or say what is wrong with that.

    White space, quotes and the words that come before a token in a header are taken off, and so
    are characters that do not show. Any other string can be a token, unless it is plainly another
    product's: InfluxDB must not see that one.
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
    # What chance has put into one of InfluxDB's own says nothing.
    other = None if _MINTED.fullmatch(bare) else of_another_product(bare)
    if other is not None:
        return _of_another_product(*other)
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


def _of_another_product(name: str, where: str) -> Problem:
    return Problem(
        ErrorCode.USAGE,
        f"This is {name}, not one of InfluxDB's. Nothing of it was sent. Nothing was changed.",
        f"Revoke it {where}.",
    )


_BLANK = Problem(
    ErrorCode.USAGE, "There is no secret in this. Nothing was changed.", "Paste the leaked token."
)
_TOO_LONG = Problem(
    ErrorCode.USAGE,
    f"This is longer than {LONGEST_SECRET} characters. Nothing was changed.",
    "Paste the leaked token alone.",
)
