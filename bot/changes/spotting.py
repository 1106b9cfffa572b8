"""What looks like an API token, or like the id of one, in what somebody else has written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from bot.changes.secret import MINTED, PADDING, minted_in

MOST = 5
"""How many of each kind are looked up."""

_LONGEST_READ = 100_000
# Terminals and editors break lines in the middle of a token, quotes put a sign before each, and
# formats begin and end there. Blanks are tried once, from the first of them on: whoever writes a
# hundred thousand of them must not keep everybody waiting.
_PARTING = re.compile(r"(?:(?<![ \t])[ \t]++)?[\r\n]+[ \t>|]*|[*~`]")
# What stands before a token without a gap: a name, or an underscore that makes it italic.
_LONGEST_BEFORE = 40
_ID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{16}(?![0-9A-Za-z])")
_NO_ID = "0" * 16


@dataclass(frozen=True)
class Spotted:
    """What was found in a text, in its order and each once.

    Attributes:
        secrets: What has the shape of an API token; the first few.
        ids: What has the shape of an authorization's id; the first few.
        more_secrets: How many more there are of the former.
        more_ids: How many more there are of the latter.
        cut: Whether the text was too long to be read to its end.
    """

    secrets: tuple[SecretStr, ...] = ()
    ids: tuple[str, ...] = ()
    more_secrets: int = 0
    more_ids: int = 0
    cut: bool = False


def spotted(texts: Iterable[str]) -> Spotted:
    """Find what looks like an API token or an id. A token that was chosen by hand does not."""
    secrets: dict[str, None] = {}
    ids: dict[str, None] = {}
    left = _LONGEST_READ
    cut = False
    for text in dict.fromkeys(texts):
        cut = cut or len(text) > left
        read = text[:left]
        left -= len(read)
        secrets.update(dict.fromkeys(_parted(read)))
        rest, end = [], 0
        for secret, start, stop in minted_in(read):
            secrets[secret] = None
            rest.append(read[end:start])
            end = stop
        # What stands within a token is no id.
        without = "\n".join([*rest, read[end:]])
        ids.update(dict.fromkeys(found.lower() for found in _ID.findall(without)))
    ids.pop(_NO_ID, None)
    return Spotted(
        tuple(map(SecretStr, list(secrets)[:MOST])),
        tuple(list(ids)[:MOST]),
        max(0, len(secrets) - MOST),
        max(0, len(ids) - MOST),
        cut,
    )


def _parted(text: str) -> Iterator[str]:
    """Find tokens of full length that breaks or formats part, or join to what stands beside."""
    for found, _, _ in minted_in(_PARTING.sub("", text)):
        bare = found.rstrip("=")
        if len(bare) == MINTED:
            yield found
        elif found.endswith(PADDING) and MINTED < len(bare) <= MINTED + _LONGEST_BEFORE:
            yield f"{bare[-MINTED:]}{PADDING}"
        elif len(bare) == MINTED + 2 and bare[0] == bare[-1] == "_":
            yield f"{bare[1:-1]}{PADDING}"
