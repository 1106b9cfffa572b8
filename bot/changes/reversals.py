from dataclasses import replace

from bot.changes import evidence, undoing
from bot.changes.asking import Ask
from bot.changes.disabled_since import all_disabled_since, already_disabled_since
from bot.changes.errors import ErrorCode, Problem
from bot.changes.intake import Intake
from bot.changes.ports import Transaction
from bot.changes.request import ChangeRequest
from bot.changes.wish import Wish

# Without a name, undo means the latest change alone; these say that it cannot be undone.
_ABOUT_THE_LATEST = (
    ErrorCode.ALREADY_UNDONE,
    ErrorCode.BEING_UNDONE,
    ErrorCode.NOT_UNDOABLE,
)


class Reversals:
    """Take in what refers to an earlier change: its undo, its retry, its repetition.

    Each is a change of its own, and judged as what it causes. One update decides who undoes,
    retries or repeats a change; whoever comes later is told who was first.

    Args:
        intake: Decides and stores.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def undo(self, ask: Ask, change_id: str | None) -> ChangeRequest:
        """Store a request that restores what was before a change.

        Args:
            ask: Who asks.
            change_id: The change, or None for the person's latest change in this channel, and
                only that.

        Raises:
            UserError: If there is no such change, it cannot be undone, its window is over,
                somebody else has undone it, or the person may not.
        """
        command = self._intake.command
        async with self._intake.committed(ask) as transaction:
            outcome = await self._undo(transaction, ask, change_id)
        if change_id is None and isinstance(outcome, Problem) and outcome.code in _ABOUT_THE_LATEST:
            hint = f"To undo an earlier change, name it: {command} undo CHANGE."
            outcome = replace(outcome, hint=hint)
        return self._intake.taken(outcome)

    async def retry(self, ask: Ask, change_id: str) -> ChangeRequest:
        """Store a request that tries the failed targets of a change once more.

        Raises:
            UserError: If there is no such change, nothing of it failed, somebody else has tried it
                again, or the person may not.
        """
        async with self._intake.committed(ask) as transaction:
            outcome = await self._retry(transaction, ask, change_id)
        return self._intake.taken(outcome)

    async def disable_again(self, ask: Ask, change_id: str, drift: int) -> ChangeRequest:
        """Store a request that disables again what others have set active after a change.

        Args:
            ask: Who asks.
            change_id: The change that had disabled it.
            drift: Which of its drifts is meant.

        Raises:
            UserError: If there is no such change, nothing was found active again, somebody else
                has disabled it again, or the person may not.
        """
        async with self._intake.committed(ask) as transaction:
            outcome = await self._disable_again(transaction, ask, change_id, drift)
        return self._intake.taken(outcome)

    async def _disable_again(
        self, transaction: Transaction, ask: Ask, change_id: str, drift: int
    ) -> ChangeRequest | Problem:
        command, asked = self._intake.command, "disable again"
        original = await transaction.request_to_move(change_id)
        if original is None:
            missing = undoing.no_such_change(change_id, command)
            return await self._refused(transaction, ask, asked, missing, None)
        if not original.drifted(drift):
            problem = undoing.nothing_active_again(original, command)
            return await self._refused(transaction, ask, asked, problem, original)
        found = undoing.targets_to_disable_again(original, drift)
        if not found:
            return await self._already_disabled_again(transaction, ask, original, drift)
        since = await all_disabled_since(transaction, original, drift)
        if since:
            problem = already_disabled_since(original, drift, since, command)
            return await self._refused(transaction, ask, asked, problem, original)
        draft = Wish(found, reason=original.reason).draft(ask, again_of=original.id)
        judged = await self._intake.judge(transaction, ask, draft)
        if isinstance(judged, Problem):
            return judged
        keys = [target.key for target in found]
        if not await transaction.claim_again(original.id, keys, draft.id):
            return await self._already_disabled_again(transaction, ask, original, drift)
        await self._intake.store(transaction, ask, judged)
        return judged

    async def _undo(
        self, transaction: Transaction, ask: Ask, change_id: str | None
    ) -> ChangeRequest | Problem:
        command = self._intake.command
        if change_id is None:
            latest = await transaction.latest_change(ask.person.user_id, ask.origin.channel_id)
            change_id = "" if latest is None else latest.id
            missing = undoing.nothing_to_undo(command)
        else:
            missing = undoing.no_such_change(change_id, command)
        original = await transaction.request_to_move(change_id)
        if original is None:
            return await self._refused(transaction, ask, "undo", missing, None)
        if original.undone_by is not None:
            return await self._already_undone(transaction, ask, original)
        window = self._intake.policy().undo_window
        found = undoing.targets_to_restore(original, ask.now, window, command)
        if isinstance(found, Problem):
            return await self._refused(transaction, ask, "undo", found, original)
        draft = Wish(found).draft(ask, undo_of=original.id)
        draft = replace(draft, never_alone=original.break_glass is not None)
        judged = await self._intake.judge(transaction, ask, draft)
        if isinstance(judged, Problem):
            return judged
        if not await transaction.claim_undo(original.id, draft.id):
            return await self._already_undone(transaction, ask, original)
        await self._intake.store(transaction, ask, judged)
        return judged

    async def _retry(
        self, transaction: Transaction, ask: Ask, change_id: str
    ) -> ChangeRequest | Problem:
        command = self._intake.command
        original = await transaction.request_to_move(change_id)
        if original is None:
            missing = undoing.no_such_change(change_id, command)
            return await self._refused(transaction, ask, "retry", missing, None)
        if original.retried_by is not None:
            retry = await transaction.request(original.retried_by)
            problem = undoing.already_retried(original, retry)
            return await self._refused(transaction, ask, "retry", problem, original)
        found = undoing.targets_to_retry(original, command)
        if isinstance(found, Problem):
            return await self._refused(transaction, ask, "retry", found, original)
        # What was to restore something still must not trample on what came since.
        timer = original.timer
        lasts = None if timer is None or timer.stopped_by else timer.lasts
        wish = Wish(found, reason=original.reason, lasts=lasts)
        draft = wish.draft(
            ask,
            undo_of=original.undo_of,
            retry_of=original.id,
            again_of=original.again_of,
        )
        # What was done by break-glass is not tried again by a click: that takes the word, and its
        # reason. What undoes it needs another person this time, too.
        draft = replace(draft, never_alone=original.never_alone)
        judged = await self._intake.judge(transaction, ask, draft)
        if isinstance(judged, Problem):
            return judged
        if not await transaction.claim_retry(original.id, draft.id):
            problem = undoing.already_retried(original, None)
            return await self._refused(transaction, ask, "retry", problem, original)
        if original.undo_of is not None:
            # An undo that came to nothing has given it back; one that did in part still has it.
            await transaction.claim_undo(original.undo_of, draft.id)
        elif original.again_of is not None:
            keys = [target.key for target in found]
            await transaction.claim_again(original.again_of, keys, draft.id)
        await self._intake.store(transaction, ask, judged)
        return judged

    async def _already_disabled_again(
        self, transaction: Transaction, ask: Ask, original: ChangeRequest, drift: int
    ) -> Problem:
        # Read again: whoever won may have won a moment ago.
        current = await transaction.request(original.id) or original
        winner = current.again_by(drift)
        again = None if winner is None else await transaction.request(winner)
        problem = undoing.already_disabled_again(original, again)
        return await self._refused(transaction, ask, "disable again", problem, original)

    async def _already_undone(
        self, transaction: Transaction, ask: Ask, original: ChangeRequest
    ) -> Problem:
        # Read again: whoever won may have won a moment ago.
        current = await transaction.request(original.id) or original
        winner = current.undone_by and await transaction.request(current.undone_by)
        problem = undoing.already_undone(current, winner or None)
        return await self._refused(transaction, ask, "undo", problem, original)

    async def _refused(
        self,
        transaction: Transaction,
        ask: Ask,
        asked: str,
        problem: Problem,
        about: ChangeRequest | None,
    ) -> Problem:
        event = evidence.refused(ask.person, ask.now, asked, problem, about)
        await self._intake.note(transaction, ask, event)
        return problem
