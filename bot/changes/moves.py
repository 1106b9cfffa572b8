from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.changes import evidence, leak_counting, moving, votes
from bot.changes.asking import Ask
from bot.changes.audit import EventTag
from bot.changes.deciding import decide, stop
from bot.changes.decision import Denied, Wanted
from bot.changes.errors import ErrorCode, Problem
from bot.changes.intake import Intake
from bot.changes.leak_plan import candidates
from bot.changes.order_of_tries import Key, keys_of, short_word_for
from bot.changes.policy import Role
from bot.changes.ports import LeakCounts, Transaction
from bot.changes.request import ChangeRequest
from bot.changes.reservations import give_back
from bot.changes.states import RequestState, move_request
from bot.changes.timer_over import timer_is_over
from bot.changes.undoing import no_such_change

Move = Callable[[Transaction, Ask, ChangeRequest], Awaitable[ChangeRequest | Problem]]


class Moves:
    """Take in what people do to a request that is under way: confirm, approve, deny, cancel.

    Whether they may is judged at the click, against the database's state. One conditional update
    decides; whoever comes later is told what has become of the request, and by whom. Where changes
    are stopped, the request that is given says so.

    Every method raises UserError where nothing was moved, and what ``Intake`` raises.

    Args:
        intake: Decides and stores.
        counts: Told of each report of a leaked secret that somebody closes, for the metrics.
    """

    def __init__(self, intake: Intake, counts: LeakCounts) -> None:
        self._intake = intake
        self._counts = counts

    async def confirm(
        self, ask: Ask, change_id: str, instance: str = "", order: Sequence[str] = ()
    ) -> ChangeRequest:
        """Let what was shown be carried out, if its own requester says so.

        Args:
            ask: Who confirms.
            change_id: The request.
            instance: Which of the instances on which the token was found is meant.
            order: The tokens that may be the leaked one, in the order in which they are to be
                tried, each by its id or as ``INSTANCE:ID``; none means all, as they were shown.
        """
        confirm = partial(self._confirm, instance, tuple(order))
        return await self._move(ask, change_id, "confirm", confirm)

    async def approve(self, ask: Ask, change_id: str) -> ChangeRequest:
        """Count an approver's vote; with enough of them, the request is carried out."""
        return await self._move(ask, change_id, "approve", self._approve)

    async def deny(self, ask: Ask, change_id: str, reason: str) -> ChangeRequest:
        """Close a request that waits for approval."""
        return await self._move(ask, change_id, "deny", partial(self._deny, reason))

    async def cancel(self, ask: Ask, change_id: str) -> ChangeRequest:
        """Stop what has not begun: a request, the rest of one, or the end of a timer."""
        return await self._move(ask, change_id, "cancel", self._cancel)

    async def may_deny(self, ask: Ask, change_id: str) -> None:
        """Raise UserError if a person cannot deny a request now; nothing is moved."""
        await self._move(ask, change_id, "deny", self._could_deny)

    async def _move(self, ask: Ask, change_id: str, name: str, move: Move) -> ChangeRequest:
        async with self._intake.committed(ask) as transaction:
            request = await transaction.request_to_move(change_id)
            if request is None:
                outcome: ChangeRequest | Problem = no_such_change(change_id, self._intake.command)
            else:
                outcome = await self._held_back(transaction, await move(transaction, ask, request))
            if isinstance(outcome, Problem) and outcome.code is not ErrorCode.NOT_ALLOWED:
                event = evidence.refused(ask.person, ask.now, name, outcome, request)
                await self._intake.note(transaction, ask, event)
        moved = self._intake.taken(outcome)
        leak_counting.count_closed(moved, self._counts)
        return moved

    async def _held_back(
        self, transaction: Transaction, moved: ChangeRequest | Problem
    ) -> ChangeRequest | Problem:
        """Say with a request whose turn has come what stops all changes, if anything does."""
        if isinstance(moved, Problem) or moved.state is not RequestState.ACCEPTED:
            return moved
        stopped = stop(self._intake.policy(), await transaction.freeze())
        return moved if stopped is None else replace(moved, held_back=stopped.rule)

    async def _confirm(
        self,
        instance: str,
        order: tuple[str, ...],
        transaction: Transaction,
        ask: Ask,
        request: ChangeRequest,
    ) -> ChangeRequest | Problem:
        denied = await self._denied(transaction, ask, request, "confirm", Role.OPERATOR)
        if denied is not None:
            return denied
        if request.state is not RequestState.PREVIEWED:
            return moving.already_decided(request)
        if ask.person.user_id != request.requester.user_id:
            return moving.not_the_requester(request)
        problem = moving.too_late(request, ask.now)
        if problem is not None:
            return problem
        if request.choices:
            chosen = [choice for choice in request.choices if choice.instance == instance]
            if not chosen:
                return moving.not_chosen(request)
            target = replace(request.targets[0], instance=instance, before=chosen[0].token)
            request = replace(request, targets=(target,), choices=())
        keys = keys_of(order, candidates(request))
        if keys is None:
            return moving.not_chosen(request)
        confirmed = replace(
            request,
            leak=None if request.leak is None else replace(request.leak, order=keys),
            state=move_request(request.state, RequestState.ACCEPTED),
            confirmed_at=ask.now,
            expires_at=None,
        )
        return await self._stored(
            *(transaction, ask, request, confirmed, EventTag.REQUEST_CONFIRMED),
            instance=instance,
            order=" ".join(_named(keys, request)),
        )

    async def _approve(
        self, transaction: Transaction, ask: Ask, request: ChangeRequest
    ) -> ChangeRequest | Problem:
        problem = await self._cannot_decide(transaction, ask, request, "approve")
        if problem is not None:
            return problem
        return await votes.agreed(self._intake, transaction, ask, request)

    async def _deny(
        self, reason: str, transaction: Transaction, ask: Ask, request: ChangeRequest
    ) -> ChangeRequest | Problem:
        problem = await self._cannot_decide(transaction, ask, request, "deny")
        if problem is not None:
            return problem
        return await self._closed(transaction, ask, request, RequestState.DENIED, reason)

    async def _could_deny(
        self, transaction: Transaction, ask: Ask, request: ChangeRequest
    ) -> ChangeRequest | Problem:
        return await self._cannot_decide(transaction, ask, request, "deny") or request

    async def _cancel(
        self, transaction: Transaction, ask: Ask, request: ChangeRequest
    ) -> ChangeRequest | Problem:
        # Anybody who may change tokens may stop a timer: it keeps closed what is closed.
        own = ask.person.user_id == request.requester.user_id
        timed = request.timer is not None and request.timer.ends_at is not None
        needed = Role.OPERATOR if own or timed else Role.APPROVER
        denied = await self._denied(transaction, ask, request, "cancel", needed)
        if denied is not None:
            return denied
        if request.state.waiting or request.state is RequestState.ACCEPTED:
            return await self._closed(transaction, ask, request, RequestState.CANCELLED, "")
        done = await transaction.cancel_the_rest(request.id, ask.person.user_id, ask.now)
        tag = EventTag.REQUEST_CANCELLED
        if not done:
            done = await transaction.stop_timer(request.id, ask.person.user_id, ask.now)
            tag = EventTag.TIMER_STOPPED
        if not done:
            over = await timer_is_over(transaction, request, self._intake.command)
            return over or moving.not_cancellable(request, self._intake.command)
        digest = self._intake.policy().digest
        event = evidence.by_person(request, tag, ask.person, ask.now, policy=digest)
        await transaction.append(evidence.typed(event, ask))
        return await transaction.request(request.id) or request

    async def _cannot_decide(
        self, transaction: Transaction, ask: Ask, request: ChangeRequest, name: str
    ) -> Problem | None:
        """Say why a person cannot approve or deny a request now, or None."""
        denied = await self._denied(transaction, ask, request, name, Role.APPROVER)
        if denied is not None:
            return denied
        if request.state is not RequestState.AWAITING_APPROVAL:
            return moving.already_decided(request)
        return moving.too_late(request, ask.now)

    async def _denied(
        self, transaction: Transaction, ask: Ask, request: ChangeRequest, name: str, role: Role
    ) -> Problem | None:
        """Ask the policy; what only votes or cancels is not a change, whatever stops changes."""
        policy = self._intake.policy().alone
        wanted = Wanted(role, request.kinds, channel_id=ask.origin.channel_id)
        decision = decide(policy, ask.person, ask.standing, wanted)
        self._intake.count(name, decision)
        if not isinstance(decision, Denied):
            return None
        return await self._intake.deny(transaction, ask, name, decision, request)

    async def _closed(
        self,
        transaction: Transaction,
        ask: Ask,
        request: ChangeRequest,
        state: RequestState,
        reason: str,
    ) -> ChangeRequest | Problem:
        tag = (
            EventTag.APPROVAL_DENIED if state is RequestState.DENIED else EventTag.REQUEST_CANCELLED
        )
        closed = replace(
            request,
            state=move_request(request.state, state),
            closing=moving.closed_by(state, ask.person.user_id, reason),
            held_back="",
        )
        return await self._stored(transaction, ask, request, closed, tag, reason=reason)

    async def _stored(
        self,
        transaction: Transaction,
        ask: Ask,
        request: ChangeRequest,
        moved: ChangeRequest,
        tag: EventTag,
        **detail: str,
    ) -> ChangeRequest | Problem:
        if not await transaction.move_on(moved, request.state, ask.now):
            return moving.already_decided(await transaction.request(request.id) or request)
        if moved.state.final:
            await give_back(transaction, moved)
        digest = self._intake.policy().digest
        event = evidence.by_person(moved, tag, ask.person, ask.now, policy=digest, **detail)
        await transaction.append(evidence.typed(event, ask))
        return moved


def _named(keys: Sequence[Key], request: ChangeRequest) -> list[str]:
    """Name tokens that are to be tried as the record does."""
    by_key = {target.key: target for target in candidates(request)}
    return [short_word_for(by_key[key], by_key.values()) for key in keys]
