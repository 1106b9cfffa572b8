from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, update

from bot.changes.approval import Vote
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.storage.conditions import OVER, timer_runs
from bot.storage.requests import TARGETS_STORED, RequestRows
from bot.storage.rows import progress_row
from bot.storage.tables import UNREVIEWED, requests, votes


class Moves(RequestRows):
    """What people do to a request that is under way, within one transaction.

    Each is one conditional update, which decides who was first.
    """

    async def move_on(self, request: ChangeRequest, was: RequestState, now: datetime) -> bool:
        """Store a request that a person moved on, due at once; False if it is elsewhere by now."""
        moved = await self._connection.execute(
            update(requests)
            .where(
                requests.c.id == request.id,
                requests.c.state == was.value,
                requests.c.version == request.version,
            )
            .values(**progress_row(request), version=request.version + 1, due_at=now)
            .returning(TARGETS_STORED)
        )
        stored = moved.scalar_one_or_none()
        if stored is None:
            return False
        await self._save_targets(request, request.targets, stored)
        await self._wake_all()
        return True

    async def add_vote(self, change_id: str, vote: Vote, now: datetime) -> ChangeRequest | None:
        """Store a vote; give the request with all its votes, or None if it awaits none by now.

        The update comes first: it takes the row's lock, so that two voters see each other.
        """
        noted = await self._connection.execute(
            update(requests)
            .where(
                requests.c.id == change_id,
                requests.c.state == RequestState.AWAITING_APPROVAL.value,
            )
            .values(version=requests.c.version + 1, due_at=now)
        )
        if noted.rowcount == 0:
            return None
        voter = vote.voter
        await self._connection.execute(
            insert(votes).values(
                request_id=change_id,
                voter=voter.user_id,
                team=voter.team_id,
                enterprise=voter.enterprise_id,
                voted_at=vote.at,
            )
        )
        await self._wake_all()
        return await self.request(change_id)

    async def drop_votes(self, change_id: str, voters: Sequence[str]) -> None:
        """Take away the votes of people who may not approve any more."""
        if voters:
            await self._connection.execute(
                delete(votes).where(votes.c.request_id == change_id, votes.c.voter.in_(voters))
            )

    async def cancel_the_rest(self, change_id: str, user_id: str, now: datetime) -> bool:
        """Note that what was not sent yet is not wanted any more; False if that is too late.

        The request is due at once, so that it does not wait for what it does not need any more.
        """
        noted = await self._connection.execute(
            update(requests)
            .where(
                requests.c.id == change_id,
                requests.c.state == RequestState.EXECUTING.value,
                requests.c.cancelled_by == "",
            )
            .values(cancelled_by=user_id, due_at=now, called=True)
        )
        if noted.rowcount == 0:
            return False
        await self._wake_all()
        return True

    async def stop_timer(self, change_id: str, user_id: str, now: datetime) -> bool:
        """Stop a timer, so that its message is drawn anew; False if it runs no more."""
        stopped = await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, timer_runs())
            .values(
                ends_at=None,
                timer_stopped_by=user_id,
                announced=False,
                due_at=now,
                version=requests.c.version + 1,
            )
        )
        if stopped.rowcount == 0:
            return False
        await self._wake_all()
        return True

    async def review(self, change_id: str, user_id: str, now: datetime) -> bool:
        """Note who has reviewed a break-glass, so that its message is drawn anew."""
        reviewed = await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, UNREVIEWED, requests.c.state.in_(OVER))
            .values(
                reviewed_by=user_id,
                reviewed_at=now,
                announced=False,
                due_at=now,
                version=requests.c.version + 1,
            )
        )
        if reviewed.rowcount == 0:
            return False
        await self._wake_all()
        return True

    async def claim_undo(self, change_id: str, undo_id: str) -> bool:
        """Reserve a change for one undo; False if another undo has it. One update decides."""
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.undone_by.is_(None))
            .values(undone_by=undo_id)
        )
        return result.rowcount == 1

    async def release_undo(self, change_id: str, undo_id: str) -> None:
        """Give a reservation back, after an undo that changed nothing."""
        await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.undone_by == undo_id)
            .values(undone_by=None)
        )

    async def claim_retry(self, change_id: str, retry_id: str) -> bool:
        """Reserve a change for one retry; False if another has it. One update decides."""
        result = await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.retried_by.is_(None))
            .values(retried_by=retry_id)
        )
        return result.rowcount == 1

    async def release_retry(self, change_id: str, retry_id: str) -> None:
        """Give a reservation back, after a retry that was closed before anything was sent."""
        await self._connection.execute(
            update(requests)
            .where(requests.c.id == change_id, requests.c.retried_by == retry_id)
            .values(retried_by=None)
        )
