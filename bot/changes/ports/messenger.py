"""What the heart needs from Slack."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.changes.audit import ChainedEvent
from bot.changes.direct_copy import DirectCopy
from bot.changes.request import ChangeRequest, Drift


class AnnouncementError(Exception):
    """Slack did not take a message.

    Attributes:
        retry_after: Seconds until it is the message's turn, where that is known: in its channel, or
            because Slack says so.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


Remember: TypeAlias = Callable[[ChangeRequest], Awaitable[None]]
"""Stores what of a request's announcement Slack has taken so far."""


@dataclass(frozen=True)
class Related:
    """The requests that the message of a request tells of as well.

    Attributes:
        undone: The change that it takes back, if it is an undo.
        undo: The change that takes it back, if there is one by now.
        retried: The change whose failed targets it tries again, if it does.
        drifted: The change whose tokens, active again since, it disables again, if it does.
        record: What is recorded of a leaked secret that was reported, or whose disable is taken
            back, oldest first; empty where it is about none.
    """

    undone: ChangeRequest | None = None
    undo: ChangeRequest | None = None
    retried: ChangeRequest | None = None
    drifted: "Drifted | None" = None
    record: tuple[ChainedEvent, ...] = ()


@dataclass(frozen=True)
class Drifted:
    """A change of which tokens are active again, with what its own message tells of as well."""

    change: ChangeRequest
    related: Related


class Messenger(Protocol):
    """Slack, as far as the life of a change needs it."""

    async def announce(
        self, request: ChangeRequest, related: Related, remember: Remember
    ) -> ChangeRequest:
        """Post or edit the messages of a request from its recorded state.

        Args:
            request: The request as it is recorded.
            related: What else its message tells of.
            remember: Stores what Slack has taken, before the next part is tried; also the place of
                an earlier change that is told with this one, and was not told yet.

        Returns:
            The request with the places of its messages, where it has some.

        Raises:
            AnnouncementError: If Slack took it on no way; trying again may help.
        """
        ...

    async def tell_directly(
        self, request: ChangeRequest, related: Related, copy: DirectCopy
    ) -> DirectCopy:
        """Post a request's message to one person, or edit it, unless it shows all there is.

        Args:
            request: The request as it is recorded.
            related: What else its message tells of.
            copy: The person, and what they have of it so far.

        Returns:
            What they have now; without a place if they cannot be reached at all.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        ...

    async def show_progress(self, request: ChangeRequest, sent: int) -> None:
        """Edit the message of a request to say how many of its PATCHes were sent.

        A failure is logged and no more: the outcome is told in any case.
        """
        ...

    async def tell_drift(
        self, drifted: Drifted, drift: Drift, again: ChangeRequest | None, remember: Remember
    ) -> ChangeRequest:
        """Tell that tokens which a change had disabled are active again.

        Args:
            drifted: The change, from whose message it is told.
            drift: Which of its drifts.
            again: The change that disables them again, if somebody was as fast as that.
            remember: Stores what Slack has taken, before the next part is tried.

        Returns:
            The change with the places of what was posted.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        ...

    async def note_end(self, request: ChangeRequest) -> None:
        """Tell the requester that a timer is about to end.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        ...
