import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.sandbox import cast
from bot.sandbox.cast import Part
from bot.sandbox.influxdb.grown_organisation import LEAKED_TOKEN

_TRY: Final = f"""\
Try in #incidents:
  /token list telegraf    then press Disable, and Undo
  /token leak             with this API token, which somebody has pasted somewhere:
  {LEAKED_TOKEN}"""

_EITHER: Final = ("ALLOWED_USERS", "TOKEN_BOT_CONFIG")


def welcome(
    address: str,
    parts: Sequence[Part],
    environment: Mapping[str, str],
    described: Sequence[str],
) -> Iterator[str]:
    """Say on the terminal where the page is, whom one can be there, and what to do first.

    Args:
        address: Where it is.
        parts: Who the people are.
        environment: The variables with which the command line works on it.
        described: Where everything behind it is.
    """
    yield f"Open {address}"
    yield ""
    yield "Choose on the page who you are:"
    for part in parts:
        name = cast.PEOPLE[part.user].name
        yield f"  {name:9} {part.title}. {part.may}"
    yield ""
    yield _TRY
    yield ""
    yield "For token-bot check, do, leak and freeze beside it, paste this into another terminal:"
    # Of an earlier sandbox, with another policy, in the same terminal.
    yield from (f"  unset {name}" for name in _EITHER if name not in environment)
    yield from (f"  export {name}={shlex.quote(value)}" for name, value in environment.items())
    yield ""
    yield "Behind it:"
    yield from (f"  {line}" for text in described for line in text.split("\n"))
    yield "Ctrl-C ends it."
