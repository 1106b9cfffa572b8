"""What a subcommand gives back; each surface draws it in its own way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.changes.lists import TokenPage
from bot.changes.locating import Whereabouts
from bot.changes.message_check import CheckedMessage
from bot.changes.queries import Preview
from bot.changes.record_queries import History, Pending
from bot.changes.request import ChangeRequest
from bot.changes.token_queries import TokenDetails


@dataclass(frozen=True)
class Notice:
    """A title and plain lines; whatever stands in them is shown as it is, never as markup."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class HelpLine:
    """One subcommand in the help: how it is written, and what it does.

    Attributes:
        explained: What each option and argument does, where it is explained alone.
    """

    usage: str
    summary: str
    aliases: tuple[str, ...] = ()
    explained: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Help:
    """The help: groups of subcommands, each with a title.

    Attributes:
        note: What is to be known of all of them; empty if nothing.
    """

    command: str
    groups: tuple[tuple[str, tuple[HelpLine, ...]], ...]
    note: str = ""


@dataclass(frozen=True)
class Accepted:
    """A change is stored; its outcome comes by itself.

    Attributes:
        request: The change.
        needlessly: Whether it was asked for by break-glass and needs none, so that it is an
            ordinary change.
        directly: Whether its outcome goes to its requester alone.
    """

    request: ChangeRequest
    needlessly: bool = False
    directly: bool = False


class MoveName(StrEnum):
    """What somebody did to a request that was under way."""

    CONFIRM = "confirm"
    APPROVE = "approve"
    DENY = "deny"
    CANCEL = "cancel"
    REVIEW = "review"


BUTTONS: Final = frozenset({*MoveName, "retry"})
"""What people ask of a change by a button alone, as the record names it."""


@dataclass(frozen=True)
class Moved:
    """Somebody moved a request on; the request is as it is recorded now."""

    request: ChangeRequest
    move: MoveName


class FormName(StrEnum):
    """The forms that people fill in, by the callback ids under which Slack brings them back."""

    DENY_CHANGE = "deny_change"
    DESCRIBE_TOKEN = "describe_token"  # noqa: S105 - the name of a form
    DISABLE_WITH_REASON = "disable_with_reason"
    REPORT_LEAK = "report_leak"
    TOKEN_DETAILS = "token_details"  # noqa: S105 - the name of a form

    @property
    def takes_secret(self) -> bool:
        """Tell whether what goes into it is secret, and must not be a command's text."""
        return self is FormName.REPORT_LEAK


@dataclass(frozen=True)
class FormWanted:
    """Somebody is to fill in a form.

    Attributes:
        form: Which one.
        about: What it is about, by name; never a secret, for Slack keeps it.
    """

    form: FormName
    about: Mapping[str, str] = field(default_factory=dict)


Reading = (
    Notice
    | TokenPage
    | TokenDetails
    | Whereabouts
    | CheckedMessage
    | History
    | Pending
    | Preview
    | Help
)


@dataclass(frozen=True)
class Later:
    """A reading that asks InfluxDB, and so must not stand between a person and the ack."""

    read: Callable[[], Awaitable[Reading]]


Answer = Reading | Accepted | Moved | FormWanted | Later
