"""A script of what people do in the sandbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


class ScriptError(Exception):
    """A script that cannot be read, or a step that nobody could take in Slack."""


@dataclass(frozen=True)
class Act:
    """Whoever acts from here on."""

    user: str


@dataclass(frozen=True)
class Say:
    """A slash command is typed, such as ``/token list``."""

    text: str


@dataclass(frozen=True)
class Press:
    """A button is pressed: its text, and if several have it, the end of its value.

    While a modal is open it is one of the modal's, the submit and the close button included.
    """

    button: str


@dataclass(frozen=True)
class Fill:
    """The first empty text input of the open modal is filled in."""

    text: str


@dataclass(frozen=True)
class Write:
    """A message is written in the channel."""

    text: str


@dataclass(frozen=True)
class Use:
    """A shortcut is used: one of messages on the newest message that somebody has written."""

    shortcut: str


@dataclass(frozen=True)
class Hinder:
    """InfluxDB fails once, at the next change of one authorization."""

    authorization_id: str


@dataclass(frozen=True)
class Narrate:
    """A sentence for whoever watches."""

    text: str


Step = Act | Say | Write | Use | Press | Fill | Hinder | Narrate
_OPTIONS: Mapping[str, Callable[[str], Step]] = MappingProxyType(
    {
        "--as": Act,
        "--say": Say,
        "--write": Write,
        "--shortcut": Use,
        "--press": Press,
        "--fill": Fill,
    }
)


def parse(tokens: Sequence[str]) -> list[Step]:
    """Read a script from the command line's words: options with a value each, in their order.

    Raises:
        ScriptError: If an option is not known or has no value, or nothing is done.
    """
    steps: list[Step] = []
    rest = iter(tokens)
    for token in rest:
        name, sign, value = token.partition("=")
        kind = _OPTIONS.get(name)
        if kind is None:
            acts = ", ".join(_OPTIONS)
            raise ScriptError(f"{token} is not known here; --help lists what is, beside {acts}")
        given = value if sign else next(rest, None)
        if given is None:
            raise ScriptError(f"{name} needs a value")
        steps.append(kind(given))
    if steps and all(isinstance(step, Act) for step in steps):
        raise ScriptError("--as says who acts, and nobody does anything: add --say or --write")
    return steps
