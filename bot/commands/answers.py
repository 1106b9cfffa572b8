"""What a subcommand gives back; each surface draws it in its own way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.changes.queries import History, Preview, TokenDetails, TokenPage
from bot.changes.request import ChangeRequest


@dataclass(frozen=True)
class Notice:
    """A title and plain lines; whatever stands in them is shown as it is, never as markup."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class HelpLine:
    """One subcommand in the help: how it is written, and what it does."""

    usage: str
    summary: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Help:
    """The help: groups of subcommands, each with a title."""

    command: str
    groups: tuple[tuple[str, tuple[HelpLine, ...]], ...]


@dataclass(frozen=True)
class Accepted:
    """A change is stored; its outcome comes by itself."""

    request: ChangeRequest


Reading = Notice | TokenPage | TokenDetails | History | Preview | Help


@dataclass(frozen=True)
class Later:
    """A reading that asks InfluxDB, and so must not stand between a person and the ack."""

    read: Callable[[], Awaitable[Reading]]


Answer = Reading | Accepted | Later
