import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from bot.changes import evidence, refusals
from bot.changes.approval import Approval
from bot.changes.asking import Ask, Received
from bot.changes.audit import AuditEvent
from bot.changes.break_glass import BreakGlass
from bot.changes.deciding import decide
from bot.changes.decision import AllowedByBreakGlass, Decision, Denied, NeedsApproval, Wanted
from bot.changes.errors import (
    ErrorCode,
    Problem,
    RepeatedDeliveryError,
    StoreUnavailableError,
    UserError,
)
from bot.changes.keeping import KEPT_FOR
from bot.changes.policy import LIMIT_WINDOW, Policy, Role
from bot.changes.ports import ChangeCounts, Store, Transaction
from bot.changes.request import ChangeRequest
from bot.changes.reviewing import not_reviewed_yet
from bot.changes.ruling import enables_leaked, ends_freely, takes_back_break_glass, wanted_by
from bot.changes.stages import no_timer_here
from bot.changes.steps import Reached, Step, unobserved
from bot.changes.target import Target
from bot.changes.update import ChangeKind
from bot.changes.wish import Wish

_log = structlog.get_logger()

# Slack gives three seconds for an ack; two of them are the database's.
COMMIT_BUDGET_SECONDS = 2.0
_NOT_ANSWERING = Problem(
    ErrorCode.NOT_CONFIRMED_STORED,
    "The bot's database does not answer. Nothing was changed.",
    "Ask again in a moment.",
)


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
        reached: Told of each step.
        counts: Told of each decision, and of each break-glass, for the metrics.
    """

    def __init__(
        self,
        store: Store,
        policy: Callable[[], Policy],
        command: str,
        wake: Callable[[], None],
        *,
        reached: Reached = unobserved,
        counts: ChangeCounts,
    ) -> None:
        self._store = store
        self.policy = policy
        self.command = command
        self._wake = wake
        self._reached = reached
        self._counts = counts

    async def receive(self, received: Received) -> None:
        """Store what cannot be decided before Slack was asked who it is from."""
        async with self.committed(received.ask) as transaction:
            await transaction.add_received(received)
        self._reached(Step.RECEIVED)

    async def admit(
        self,
        ask: Ask,
        role: Role,
        asked: str,
        about: Target | ChangeRequest | None = None,
        kinds: frozenset[ChangeKind] = frozenset(),
    ) -> None:
        """Let a person read, or prepare a change; raise UserError if the policy denies it.

        Args:
            ask: Who asks.
            role: The role that it takes.
            asked: What they asked for, for the record: a subcommand's name.
            about: What it was about, for the record, if they named it.
            kinds: What they are about to ask for; empty where they only read.
        """
        wanted = Wanted(role, kinds, channel_id=ask.origin.channel_id)
        async with self.committed(ask, _NOT_ANSWERING) as transaction:
            freeze = await transaction.freeze() if kinds else None
            decision = decide(self.policy(), ask.person, ask.standing, wanted, freeze)
            self.count(asked, decision)
            denied = decision if isinstance(decision, Denied) else None
            if denied is not None:
                await self.deny(transaction, ask, asked, denied, about)
        if denied is not None:
            raise UserError(not_allowed(denied))

    async def refuse(self, ask: Ask, problem: Problem, asked: str) -> None:
        """Record that a try was refused before it could be read as a request."""
        async with self.committed(ask) as transaction:
            await self.note(transaction, ask, evidence.refused(ask.person, ask.now, asked, problem))

    async def open(self, ask: Ask, wish: Wish) -> ChangeRequest:
        """Store a request to change something; raise UserError if it is denied."""
        async with self.committed(ask) as transaction:
            outcome = await self.judge(transaction, ask, wish.draft(ask))
            if not isinstance(outcome, Problem):
                await self.store(transaction, ask, outcome)
        request = self.taken(outcome)
        if request.break_glass is not None:
            self._counts.break_glass()
        return request

    async def judge(
        self, transaction: Transaction, ask: Ask, draft: ChangeRequest
    ) -> ChangeRequest | Problem:
        """Decide about a draft; give it as it may be stored, or what stands against it, recorded.

        What needs a second person may be stored as well: it is asked for in Slack.
        """
        policy = self.policy()
        earlier = await transaction.targets_asked(ask.person.user_id, ask.now - LIMIT_WINDOW, None)
        if await takes_back_break_glass(transaction, draft):
            draft = replace(draft, never_alone=True)
        leaked = await enables_leaked(transaction, draft)
        wanted = wanted_by(draft, earlier, leaked=leaked)
        freeze = await transaction.freeze()
        decision = decide(policy, ask.person, ask.standing, wanted, freeze)
        asked = evidence.what_was_asked(draft)
        self.count(asked, decision)
        about = draft.targets[0] if len(draft.targets) == 1 else None
        if isinstance(decision, Denied):
            return await self.deny(transaction, ask, asked, decision, about)
        if draft.timer is not None and not ends_freely(policy, wanted):
            problem = no_timer_here()
            await self.note(transaction, ask, evidence.refused(ask.person, ask.now, asked, problem))
            return problem
        request = replace(draft, rule=decision.rule, policy_digest=policy.digest, break_glass=None)
        if isinstance(decision, AllowedByBreakGlass):
            # This person's requests are decided one after the other, so that there is one at most.
            open_still = await transaction.unreviewed(ask.person.user_id, 1)
            if open_still:
                problem = not_reviewed_yet(open_still[0], decision.approvers, self.command)
                event = evidence.refused(ask.person, ask.now, asked, problem, open_still[0])
                await self.note(transaction, ask, event)
                return problem
            approvers = tuple(sorted(decision.approvers))
            return replace(request, break_glass=BreakGlass(decision.needed, approvers))
        if isinstance(decision, NeedsApproval):
            approvers = tuple(sorted(decision.approvers))
            approval = Approval(decision.rule, approvers, decision.quorum)
            request = replace(request, approval=approval)
        return request

    async def store(self, transaction: Transaction, ask: Ask, request: ChangeRequest) -> None:
        """Store what may be asked for, with its event. The last thing that a transaction does."""
        if request.keeper:
            await transaction.keep(request.keeper, KEPT_FOR)
        await transaction.add_request(request, request.created_at)
        await transaction.append(evidence.typed(evidence.accepted(request), ask))

    def count(self, action: str, decision: Decision) -> None:
        """Count a decision about somebody, by its rule's name; never by whom it is about."""
        self._counts.decision(action, decision.outcome, decision.name.value)

    async def deny(
        self,
        transaction: Transaction,
        ask: Ask,
        asked: str,
        decision: Denied,
        about: Target | ChangeRequest | None,
    ) -> Problem:
        """Record that the policy said no; give what the person is told."""
        digest = self.policy().digest
        event = evidence.denied(ask.person, ask.now, asked, decision, digest, about)
        await self.note(transaction, ask, event)
        return not_allowed(decision)

    async def note(self, transaction: Transaction, ask: Ask, event: AuditEvent) -> None:
        """Append a refusal to the record, unless the same person has filled enough of it lately.

        The answer stays; the record counts the others.
        """
        earlier = await transaction.refusals_to_count(ask.person.user_id)
        counted = refusals.counted(earlier, ask.person, ask.now)
        await transaction.save_refusals(counted)
        events = []
        if earlier is not None and earlier.over(ask.now) and earlier.only_counted:
            events.append(
                evidence.refusals_counted(ask.person, ask.now, earlier.since, earlier.only_counted)
            )
        if not counted.only_counted:
            events.append(evidence.typed(event, ask))
        await transaction.append(*events)

    def taken(self, outcome: ChangeRequest | Problem) -> ChangeRequest:
        """Wake the executor for what was stored; raise UserError for what was not."""
        if isinstance(outcome, Problem):
            raise UserError(outcome)
        with structlog.contextvars.bound_contextvars(change=outcome.id):
            self._reached(Step.STORED)
            _log.info("stored", state=outcome.state.value)
        self._wake()
        return outcome

    @asynccontextmanager
    async def committed(
        self, ask: Ask, problem: Problem | None = None
    ) -> AsyncIterator[Transaction]:
        """Commit within the budget, or raise UserError with a problem: not confirmed, if none."""
        try:
            async with (
                asyncio.timeout(COMMIT_BUDGET_SECONDS),
                self._store.transaction(urgent=True) as transaction,
            ):
                # So what counts this person's requests, votes and refusals is exact.
                await transaction.one_at_a_time(ask.person.user_id)
                if not await transaction.first_delivery(ask.delivery, ask.now):
                    raise RepeatedDeliveryError
                yield transaction
        except (TimeoutError, StoreUnavailableError) as error:
            raise UserError(problem or _not_confirmed(self.command)) from error


def not_allowed(decision: Denied) -> Problem:
    """Say that the policy says no, by which rule, and who can help."""
    return Problem(
        ErrorCode.NOT_ALLOWED,
        f"Not allowed: {decision.rule}. Nothing was changed.",
        decision.hint,
        helpers=decision.helpers,
    )


def _not_confirmed(command: str) -> Problem:
    return Problem(
        ErrorCode.NOT_CONFIRMED_STORED,
        "Could not confirm that this was stored, so it may or may not be carried out.",
        f"Look at {command} history before you ask again.",
    )
