"""What the heart needs from the outside, as contracts in prose. The edges implement them."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.changes.authorization import Authorization
from bot.changes.lockout import OwnToken
from bot.changes.request import ChangeRequest, MessageRef, Target
from bot.changes.update import AuthorizationUpdate


@dataclass(frozen=True)
class Filter:
    """Which authorizations are wanted: by name of owner and organisation; None takes all."""

    user: str | None = None
    org: str | None = None


class Authorizations(Protocol):
    """The authorizations of one InfluxDB instance.

    Every method raises UpstreamError, whose ``effect`` says whether the failed call may have
    changed something.
    """

    @property
    def name(self) -> str:
        """The instance's name in the configuration."""
        ...

    async def list(self, wanted: Filter) -> list[Authorization]:
        """Give those that can be seen and fit, by ascending id; nothing that does not fit.

        Raises UserError if there is no user or organisation of the wanted name.
        """
        ...

    async def get(self, authorization_id: str) -> Authorization:
        """Give one; raise AuthorizationNotFoundError or OrphanError."""
        ...

    async def update(self, authorization_id: str, update: AuthorizationUpdate) -> None:
        """Send one PATCH. Returning means accepted, not in effect: read it back."""
        ...

    async def own_token(self) -> OwnToken:
        """Tell what can be known of the bot's own token where its value is not shown."""
        ...

    async def check_credential(self) -> None:
        """Raise UpstreamError if the bot's own token is not accepted, or is inactive."""
        ...

    async def user_active(self, user_id: str) -> bool:
        """Tell whether a user may use InfluxDB; False where that cannot be read."""
        ...

    async def ping(self) -> str:
        """Give the server's build and version, such as ``OSS v2.7.12``."""
        ...


class Transaction(Protocol):
    """One transaction on the database; it commits when its context ends without an exception."""

    async def first_delivery(self, key: str, now: datetime) -> bool:
        """Note a delivery from Slack; False if the same one was noted before."""
        ...

    async def add_request(self, request: ChangeRequest, now: datetime) -> None:
        """Store a new request, due at once."""
        ...

    async def request(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None."""
        ...

    async def save_request(self, request: ChangeRequest) -> None:
        """Store how far a request and its targets have come, and where its message is.

        Raises LeaseLostError if the request's lease is another's by now.
        """
        ...

    async def claim_undo(self, change_id: str, undo_id: str) -> bool:
        """Reserve a change for one undo; False if another undo has it. One update decides."""
        ...

    async def release_undo(self, change_id: str, undo_id: str) -> None:
        """Give a reservation back, after an undo that changed nothing."""
        ...

    async def latest_change(self, user_id: str, channel_id: str) -> ChangeRequest | None:
        """Give the newest request of a person in a channel, undos left out, or None."""
        ...

    async def last_record(self, instance: str, authorization_id: str) -> Authorization | None:
        """Give the authorization as the newest finished request saw it last, or None."""
        ...

    async def touched_since(
        self, change_id: str, target: Target, user_id: str
    ) -> ChangeRequest | None:
        """Give a request for a target, later than a change and by another person, or None.

        Requests that were refused or failed did not touch it; those that found nothing to change
        did.
        """
        ...

    async def first_in_line(self, lease: str, target: Target) -> bool:
        """Tell whether no earlier request for a target still waits or is being carried out.

        Earlier than the one that is carried out under this lease.
        """
        ...

    async def changes_of(
        self, instance: str, authorization_id: str, limit: int
    ) -> list[ChangeRequest]:
        """Give the newest requests for one authorization, newest first."""
        ...

    async def append(self, *events: AuditEvent) -> None:
        """Append to the record. The last thing a transaction does, since it locks the chain."""
        ...

    async def events(
        self,
        *,
        authorization_id: str | None = None,
        actor: str | None = None,
        leave_out: EventTag | None = None,
        limit: int,
    ) -> list[ChainedEvent]:
        """Give the newest events that fit, newest first."""
        ...

    async def store_query(self, query_id: str, query: str, now: datetime) -> None:
        """Keep a list's query, so that a button can name it."""
        ...

    async def query(self, query_id: str) -> str | None:
        """Give a kept query, or None."""
        ...

    async def claim(
        self, claim: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[ChangeRequest]:
        """Take up to ``limit`` due requests until a moment; one update decides.

        Each gets a lease of its own, made of ``claim``, which must be unlike any before.
        """
        ...

    async def renew(self, lease: str, until: datetime) -> bool:
        """Prolong a lease and what is held under it; False if it has been taken over."""
        ...

    async def release(self, lease: str, due: datetime | None) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do."""
        ...

    async def hold(self, key: str, owner: str, now: datetime, until: datetime) -> bool:
        """Take a key, such as one authorization, until a moment; False if another has it."""
        ...

    async def let_go(self, key: str, owner: str) -> None:
        """Give a key back."""
        ...

    async def forget(
        self, deliveries_before: datetime, queries_before: datetime, response_urls_before: datetime
    ) -> None:
        """Drop what is older than these moments and of no use any more."""
        ...


class Store(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that may write."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads, and waits for no writer."""
        ...


class AnnouncementError(Exception):
    """Slack did not take a message.

    Attributes:
        retry_after: Seconds that Slack asks to wait, or None.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Messenger(Protocol):
    """Slack, as far as the life of a change needs it."""

    async def announce(
        self,
        request: ChangeRequest,
        *,
        undone: ChangeRequest | None = None,
        undo: ChangeRequest | None = None,
    ) -> MessageRef | None:
        """Post or edit the one message of a request from its recorded state.

        Args:
            request: The request as it is recorded.
            undone: The change that it takes back, if it is an undo; that change's message is
                edited.
            undo: The change that takes it back, if there is one by now.

        Returns:
            Where the message is, or None if it went to one person's eyes only.

        Raises:
            AnnouncementError: If Slack took it on no way; trying again may help.
        """
        ...
