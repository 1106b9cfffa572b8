from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.changes.approval import Vote
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState


class Moves(Protocol):
    """How people move requests on; one conditional update decides who was first."""

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

    async def review(self, change_id: str, user_id: str, now: datetime) -> bool:
        """Note who has reviewed a break-glass, so that its message is drawn anew.

        One update decides who was first; False for whoever was not.
        """
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
