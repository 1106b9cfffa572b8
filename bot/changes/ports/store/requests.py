from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.changes.request import ChangeRequest
from bot.changes.target import Target


class Requests(Protocol):
    """The requests, and how far they are."""

    async def add_request(self, request: ChangeRequest, now: datetime) -> None:
        """Store a new request, due at once. After it a transaction only appends to the record.

        Requests are numbered in the order of their commits, so that whoever sees one sees all that
        were asked for before it.
        """
        ...

    async def request(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None."""
        ...

    async def is_cancelled(self, change_id: str) -> bool:
        """Tell whether somebody has cancelled what is not sent yet of a request."""
        ...

    async def request_to_move(self, change_id: str) -> ChangeRequest | None:
        """Give a request by its id, or None; nobody else moves it until the transaction ends.

        Where several are needed, the newest comes first.
        """
        ...

    async def lock_requests(self, change_ids: Sequence[str]) -> None:
        """Let nobody else move some requests until the transaction ends, the newest first."""
        ...

    async def save_request(self, request: ChangeRequest, changed: Sequence[Target]) -> None:
        """Store how far a request has come, and those of its targets that have changed.

        Targets that are new are stored in any case.

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
