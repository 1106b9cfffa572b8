"""What the heart needs from the database."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.changes.approval import Vote
from bot.changes.asking import Received
from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.changes.authorization import Authorization
from bot.changes.decision import Freeze
from bot.changes.refusals import Refusals
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.changes.target import Target


class Transaction(Protocol):
    """One transaction on the database; it commits when its context ends without an exception."""

    async def one_at_a_time(self, user_id: str) -> None:
        """Take what one person asks one after another. The first thing that a transaction does.

        What counts a person's requests, votes or refusals is exact after it.
        """
        ...

    async def first_delivery(self, key: str, now: datetime) -> bool:
        """Note a delivery from Slack; False if the same one was noted before."""
        ...

    async def add_request(self, request: ChangeRequest, now: datetime) -> None:
        """Store a new request, due at once. After it a transaction only appends to the record.

        Requests are numbered in the order of their commits, so that whoever sees one sees all that
        were asked for before it.
        """
        ...

    async def request(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None."""
        ...

    async def request_to_move(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None; nobody else moves it until the transaction ends.

        Where several are needed, the newest comes first.
        """
        ...

    async def save_request(
        self, request: ChangeRequest, changed: Sequence[Target] | None = None
    ) -> None:
        """Store how far a request has come, and those of its targets that have changed.

        Without ``changed``, all targets are stored; those that are new are in any case.

        Raises LeaseLostError if the request's lease is another's by now, and MovedOnError if a
        person has moved it on meanwhile.
        """
        ...

    async def save_message(self, request: ChangeRequest) -> None:
        """Store where a request's messages are, and whether its outcome is told.

        Where a person has moved it on meanwhile, it is not told yet.
        """
        ...

    async def save_timer(self, request: ChangeRequest) -> bool:
        """Store a timer's progress; False if somebody has stopped it meanwhile."""
        ...

    async def move_on(self, request: ChangeRequest, was: RequestState, now: datetime) -> bool:
        """Store a request that a person moved on, due at once; False if it is elsewhere by now.

        One conditional update decides who was first.
        """
        ...

    async def add_vote(self, change_id: str, vote: Vote, now: datetime) -> ChangeRequest | None:
        """Store a vote of somebody who has none yet; the request is due at once.

        Returns:
            The request with all its votes, or None if it awaits none by now.
        """
        ...

    async def drop_votes(self, change_id: str, voters: Sequence[str]) -> None:
        """Take away the votes of people who may not approve any more."""
        ...

    async def cancel_the_rest(self, change_id: str, user_id: str, now: datetime) -> bool:
        """Note that what was not sent yet is not wanted any more; False if that is too late.

        The request is due at once.
        """
        ...

    async def stop_timer(self, change_id: str, user_id: str, now: datetime) -> bool:
        """Stop a timer, so that its message is drawn anew; False if it runs no more."""
        ...

    async def claim_undo(self, change_id: str, undo_id: str) -> bool:
        """Reserve a change for one undo; False if another undo has it. One update decides."""
        ...

    async def release_undo(self, change_id: str, undo_id: str) -> None:
        """Give a reservation back, after an undo that changed nothing."""
        ...

    async def claim_retry(self, change_id: str, retry_id: str) -> bool:
        """Reserve a change for one retry; False if another has it. One update decides."""
        ...

    async def release_retry(self, change_id: str, retry_id: str) -> None:
        """Give a reservation back, after a retry that was closed before anything was sent."""
        ...

    async def claim_again(self, change_id: str, ids: Sequence[str], again_id: str) -> list[str]:
        """Reserve what was found active again, to be disabled again by one change.

        One update decides.

        Args:
            change_id: The change that had disabled it.
            ids: The authorizations that are to be disabled again.
            again_id: The change that does it.

        Returns:
            The ids of those that are reserved now; none if another change has them.
        """
        ...

    async def release_again(self, change_id: str, again_id: str) -> None:
        """Give what was reserved back, after a change that disabled nothing again."""
        ...

    async def save_watch(self, request: ChangeRequest, found: Sequence[Target] = ()) -> None:
        """Store how far the watch over what a request disabled is, and how some was found.

        Raises LeaseLostError if the request's lease is another's by now.
        """
        ...

    async def other_words(
        self, change_id: str, instance: str, ids: Sequence[str], since: datetime
    ) -> list[Target]:
        """Give what other requests want, or did, about the status of authorizations.

        What came to an outcome before a moment is left out.
        """
        ...

    async def latest_change(self, user_id: str, channel_id: str) -> ChangeRequest | None:
        """Give the newest request of a person in a channel, undos left out, or None."""
        ...

    async def last_records(self, instance: str, ids: Sequence[str]) -> dict[str, Authorization]:
        """Give authorizations as the newest finished request saw each last, by their ids."""
        ...

    async def touched_since(
        self,
        change_id: str,
        instance: str,
        ids: Sequence[str],
        *,
        except_for: str | None,
        until: str | None,
    ) -> dict[str, str]:
        """Give who first asked for something else of authorizations, later than a change.

        Requests that were refused, cancelled, closed or failed did not touch them; those that
        found nothing to change did.

        Args:
            change_id: The change after which to look.
            instance: Where the authorizations are.
            ids: Their ids.
            except_for: A person whose requests do not count; None counts everybody's.
            until: A request that does not count, such as the undo that asks.

        Returns:
            Slack user ids by the ids of the authorizations that were touched.
        """
        ...

    async def ahead_of(
        self, lease: str, keys: Sequence[str], targets: Sequence[Target]
    ) -> tuple[str, str] | None:
        """Give what a request has to wait for before it may hold keys, or None.

        Args:
            lease: The lease of the request.
            keys: What it would hold.
            targets: The authorizations of which no earlier request may still wait or be carried
                out.

        Returns:
            The key that is not free, and the id of the change that comes first.
        """
        ...

    async def wait_for_turn(self, lease: str, key: str) -> None:
        """Note that the request with this lease waits for a key."""
        ...

    async def call_next(self, keys: Sequence[str], now: datetime) -> None:
        """Make the request due that stands in line first, for each of the keys."""
        ...

    async def changes_of(
        self, instance: str, authorization_id: str, limit: int
    ) -> list[ChangeRequest]:
        """Give the newest requests for one authorization, newest first."""
        ...

    async def open_requests(self, limit: int) -> list[ChangeRequest]:
        """Give the requests that wait for somebody or something, the oldest first."""
        ...

    async def targets_asked(self, user_id: str, since: datetime, before: str | None) -> int:
        """Count the tokens that a person has asked to change since a moment.

        Requests that were closed before anything was sent do not count, nor what the bot asked for
        itself. With ``before``, only requests earlier than that one count.
        """
        ...

    async def append(self, *events: AuditEvent) -> None:
        """Append to the record. The last thing a transaction does, since it locks the chain."""
        ...

    async def events(
        self,
        *,
        authorization_id: str | None = None,
        actor: str | None = None,
        change_id: str | None = None,
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
        self, claim: str, now: datetime, lasts: timedelta, limit: int
    ) -> Sequence[ChangeRequest]:
        """Take up to ``limit`` requests that are due now, for a while; one update decides.

        Each gets a lease of its own, made of ``claim``, which must be unlike any before. Leases
        begin and end by the database's clock, since those of replicas differ.
        """
        ...

    async def renew(self, lease: str, lasts: timedelta) -> bool:
        """Prolong a lease and what is held under it; False if it has been taken over.

        It lasts so long from now on, by the database's clock.
        """
        ...

    async def release(self, lease: str, due: datetime | None, version: int, now: datetime) -> None:
        """Give a request back, due again at a moment, or never if nothing is left to do.

        Where a person has moved it on since ``version``, or its turn has come since it stood in
        line, it is due at once.
        """
        ...

    async def hold(self, keys: Sequence[str], owner: str, lasts: timedelta) -> bool:
        """Take keys, such as authorizations, for a while; False if another has one of them.

        Holds begin and end by the database's clock, as leases do.
        """
        ...

    async def let_go(self, keys: Sequence[str], owner: str) -> None:
        """Give keys back."""
        ...

    async def freeze(self) -> Freeze | None:
        """Give the freeze that stops all changes, or None."""
        ...

    async def set_freeze(self, freeze: Freeze | None) -> bool:
        """Stop all changes, or let them go on; False if it was so already."""
        ...

    async def refusals_to_count(self, user_id: str) -> Refusals | None:
        """Give how often a person was refused lately, or None if never.

        Nobody else counts on, nor forgets it, until the transaction ends.
        """
        ...

    async def forget_refusals(self, until: datetime) -> list[Refusals]:
        """Take the counts that began by a moment away, and give them; nobody else gets them."""
        ...

    async def save_refusals(self, counted: Refusals) -> None:
        """Store how often a person was refused."""
        ...

    async def add_received(self, one: Received) -> None:
        """Keep what was received until it is decided."""
        ...

    async def received(self) -> list[Received]:
        """Give what is not decided yet, the oldest first."""
        ...

    async def forget_received(self, delivery: str) -> None:
        """Drop what is decided."""
        ...

    async def forget(
        self, deliveries_before: datetime, queries_before: datetime, response_urls_before: datetime
    ) -> None:
        """Drop what is older than these moments and of no use any more."""
        ...


class Store(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that may write.

        What it locks it takes in one order, so that no two wait for each other: the person who
        asks, requests from the newest to the oldest, and the record last.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads, waits for no writer, and sees one moment."""
        ...
