import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bot.changes import evidence, undoing
from bot.changes.errors import (
    ErrorCode,
    Problem,
    RepeatedDeliveryError,
    StoreUnavailableError,
    UserError,
)
from bot.changes.policy import Allowed, Denied, Policy, Role, decide
from bot.changes.ports import Store, Transaction
from bot.changes.request import ChangeRequest, Origin, Person, Target, new_change_id
from bot.changes.update import AuthorizationUpdate

# Slack gives three seconds for an ack; two of them are the database's.
COMMIT_BUDGET_SECONDS = 2.0
# Without a name, undo means the latest change alone; these say that it cannot be undone.
_ABOUT_THE_LATEST = (ErrorCode.ALREADY_UNDONE, ErrorCode.NOT_UNDOABLE)
_NOT_ANSWERING = Problem(
    ErrorCode.NOT_CONFIRMED_STORED,
    "The bot's database does not answer. Nothing was changed.",
    "Ask again in a moment.",
)


@dataclass(frozen=True)
class Ask:
    """Somebody asks for something: who, from where, when, and by which delivery from Slack.

    Attributes:
        delivery: What tells a repeat: the same for the same signed request.
    """

    person: Person
    origin: Origin
    delivery: str
    now: datetime


class Intake:
    """Take requests in: decide, commit the request with its audit event, and only then return.

    Every method raises RepeatedDeliveryError for a delivery that was taken before, and UserError
    with NOT_CONFIRMED_STORED where the commit does not succeed in time. Whatever is refused or
    denied is recorded before it is raised.

    Args:
        store: The database.
        policy: Gives the policy in force.
        command: The slash command's name, for hints.
        wake: Called after a commit, so that the executor looks at once.
    """

    def __init__(
        self, store: Store, policy: Callable[[], Policy], command: str, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._policy = policy
        self._command = command
        self._wake = wake

    async def admit(self, ask: Ask, role: Role, asked: str, target: Target | None = None) -> None:
        """Let a person read; raise UserError if the policy denies it.

        Args:
            ask: Who asks.
            role: The role that it takes.
            asked: What they asked for, for the record: a subcommand's name.
            target: What it was about, for the record, if they named it.
        """
        policy = self._policy()
        decision = decide(policy, ask.person, role)
        async with self._committed(ask, _NOT_ANSWERING) as transaction:
            if not isinstance(decision, Allowed):
                await transaction.append(
                    evidence.denied(ask.person, ask.now, asked, decision, policy.digest, target)
                )
        if not isinstance(decision, Allowed):
            raise UserError(_not_allowed(decision))

    async def refuse(self, ask: Ask, problem: Problem, asked: str) -> None:
        """Record that a try was refused before it could be read as a request."""
        async with self._committed(ask) as transaction:
            await transaction.append(evidence.refused(ask.person, ask.now, asked, problem))

    async def open(
        self, ask: Ask, update: AuthorizationUpdate, target: Target, reason: str = ""
    ) -> ChangeRequest:
        """Store a request to change one authorization; raise UserError if it is denied."""
        async with self._committed(ask) as transaction:
            outcome = await self._take(transaction, ask, update, target, reason=reason)
        return self._taken(outcome)

    async def undo(self, ask: Ask, change_id: str | None) -> ChangeRequest:
        """Store a request that restores what was before a change; one update decides who undoes.

        Args:
            ask: Who asks.
            change_id: The change, or None for the person's latest change in this channel, and
                only that.

        Raises:
            UserError: If there is no such change, it cannot be undone, its window is over,
                somebody else has undone it, or the person may not.
        """
        async with self._committed(ask) as transaction:
            outcome = await self._take_undo(transaction, ask, change_id)
        if change_id is None and isinstance(outcome, Problem) and outcome.code in _ABOUT_THE_LATEST:
            hint = f"To undo an earlier change, name it: {self._command} undo CHANGE."
            outcome = replace(outcome, hint=hint)
        return self._taken(outcome)

    async def _take_undo(
        self, transaction: Transaction, ask: Ask, change_id: str | None
    ) -> ChangeRequest | Problem:
        if change_id is None:
            original = await transaction.latest_change(ask.person.user_id, ask.origin.channel_id)
            missing = undoing.nothing_to_undo(self._command)
        else:
            original = await transaction.request(change_id)
            missing = undoing.no_such_change(change_id, self._command)
        if original is None:
            return await self._refused(transaction, ask, missing, None)
        if original.undone_by is not None:
            return await self._lost(transaction, ask, original)
        before = undoing.state_to_restore(
            original, ask.now, self._policy().undo_window, self._command
        )
        if isinstance(before, Problem):
            return await self._refused(transaction, ask, before, original)
        target = Target(original.target.instance, original.target.authorization_id)
        update = original.update.inverse(before)
        return await self._take(transaction, ask, update, target, undone=original)

    async def _take(
        self,
        transaction: Transaction,
        ask: Ask,
        update: AuthorizationUpdate,
        target: Target,
        *,
        reason: str = "",
        undone: ChangeRequest | None = None,
    ) -> ChangeRequest | Problem:
        policy = self._policy()
        decision = decide(policy, ask.person, Role.OPERATOR, update.kind)
        if not isinstance(decision, Allowed):
            asked = "undo" if undone else update.kind.value
            await transaction.append(
                evidence.denied(ask.person, ask.now, asked, decision, policy.digest, target)
            )
            return _not_allowed(decision)
        request = ChangeRequest(
            id=new_change_id(),
            requester=ask.person,
            origin=ask.origin,
            update=update,
            reason=reason,
            created_at=ask.now,
            targets=(target,),
            undo_of=None if undone is None else undone.id,
            rule=decision.rule,
            policy_digest=policy.digest,
        )
        if undone is not None and not await transaction.claim_undo(undone.id, request.id):
            return await self._lost(transaction, ask, undone)
        await transaction.add_request(request, ask.now)
        await transaction.append(evidence.accepted(request))
        return request

    async def _lost(self, transaction: Transaction, ask: Ask, original: ChangeRequest) -> Problem:
        # Read again: whoever won may have won a moment ago.
        current = await transaction.request(original.id) or original
        winner = current.undone_by and await transaction.request(current.undone_by)
        problem = undoing.already_undone(current, winner or None)
        return await self._refused(transaction, ask, problem, original)

    async def _refused(
        self, transaction: Transaction, ask: Ask, problem: Problem, undone: ChangeRequest | None
    ) -> Problem:
        await transaction.append(evidence.refused(ask.person, ask.now, "undo", problem, undone))
        return problem

    def _taken(self, outcome: ChangeRequest | Problem) -> ChangeRequest:
        if isinstance(outcome, Problem):
            raise UserError(outcome)
        self._wake()
        return outcome

    @asynccontextmanager
    async def _committed(
        self, ask: Ask, problem: Problem | None = None
    ) -> AsyncIterator[Transaction]:
        """Commit within the budget, or raise UserError with a problem: not confirmed, if none."""
        try:
            async with (
                asyncio.timeout(COMMIT_BUDGET_SECONDS),
                self._store.transaction() as transaction,
            ):
                if not await transaction.first_delivery(ask.delivery, ask.now):
                    raise RepeatedDeliveryError
                yield transaction
        except (TimeoutError, StoreUnavailableError) as error:
            raise UserError(problem or _not_confirmed(self._command)) from error


def _not_confirmed(command: str) -> Problem:
    return Problem(
        ErrorCode.NOT_CONFIRMED_STORED,
        "Could not confirm that this was stored, so it may or may not be carried out.",
        f"Look at {command} history before you ask again.",
    )


def _not_allowed(decision: Denied) -> Problem:
    return Problem(
        ErrorCode.NOT_ALLOWED,
        f"Not allowed: {decision.rule}. Nothing was changed.",
        decision.hint,
    )
