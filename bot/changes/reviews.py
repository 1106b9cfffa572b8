from bot.changes import evidence, reviewing
from bot.changes.asking import Ask
from bot.changes.audit import EventTag
from bot.changes.deciding import decide
from bot.changes.decision import Decision, Denied, RuleName, Wanted
from bot.changes.errors import Problem
from bot.changes.intake import Intake
from bot.changes.policy import Role
from bot.changes.ports import Transaction
from bot.changes.request import ChangeRequest
from bot.changes.undoing import no_such_change


class Reviews:
    """Take in reviews of what was done by break-glass.

    A review says that an approver has looked at what was done. It is no approval: it changes
    nothing, and lets the same person break the glass again.

    Args:
        intake: Decides and stores.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def review(self, ask: Ask, change_id: str) -> ChangeRequest:
        """Record that an approver has reviewed a break-glass; one conditional update decides.

        It may be done from anywhere, so that no place stands in its way.

        Raises:
            UserError: If there is no such change, it is no break-glass or not over, somebody else
                was first, or the person may not: its requester never may, whatever the policy says.
        """
        async with self._intake.committed(ask) as transaction:
            outcome = await self._review(transaction, ask, change_id)
        return self._intake.taken(outcome)

    async def _review(
        self, transaction: Transaction, ask: Ask, change_id: str
    ) -> ChangeRequest | Problem:
        command = self._intake.command
        request = await transaction.request_to_move(change_id)
        if request is None:
            missing = no_such_change(change_id, command)
            return await self._refused(transaction, ask, missing, None)
        decision = self._decide(ask, request)
        self._intake.count("review", decision)
        if isinstance(decision, Denied):
            return await self._intake.deny(transaction, ask, "review", decision, request)
        problem = reviewing.cannot_be_reviewed(request, command)
        if problem is not None:
            return await self._refused(transaction, ask, problem, request)
        if not await transaction.review(request.id, ask.person.user_id, ask.now):
            # Read again: whoever won may have won a moment ago.
            current = await transaction.request(request.id) or request
            problem = reviewing.already_reviewed(current)
            return await self._refused(transaction, ask, problem, request)
        digest = self._intake.policy().digest
        tag = EventTag.BREAK_GLASS_REVIEWED
        event = evidence.by_person(request, tag, ask.person, ask.now, policy=digest)
        await transaction.append(event)
        return await transaction.request(request.id) or request

    def _decide(self, ask: Ask, request: ChangeRequest) -> Decision:
        """Decide whether a person may review a change."""
        decision = decide(
            self._intake.policy().alone, ask.person, ask.standing, Wanted(Role.APPROVER)
        )
        if isinstance(decision, Denied):
            return decision
        if ask.person.user_id == request.requester.user_id and request.break_glass is not None:
            return Denied(
                "you asked for this change yourself, and somebody else reviews a break-glass",
                "Another approver has to review it.",
                reviewing.reviewers(request),
                name=RuleName.OWN_REQUEST,
            )
        return decision

    async def _refused(
        self, transaction: Transaction, ask: Ask, problem: Problem, about: ChangeRequest | None
    ) -> Problem:
        event = evidence.refused(ask.person, ask.now, "review", problem, about)
        await self._intake.note(transaction, ask, event)
        return problem
