"""An approver agrees to a request that waits for approval."""

from dataclasses import replace

from bot.changes import evidence, moving
from bot.changes.approval import Vote
from bot.changes.asking import Ask
from bot.changes.audit import EventTag
from bot.changes.decision import Denied, RuleName
from bot.changes.errors import Problem
from bot.changes.intake import Intake
from bot.changes.ports import Transaction
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, move_request


async def agreed(
    intake: Intake, transaction: Transaction, ask: Ask, request: ChangeRequest
) -> ChangeRequest | Problem:
    """Store a vote, and let the request be carried out where it is enough; or say why not.

    Args:
        intake: Knows the policy, and records what it denies.
        transaction: In which the request was read to be moved.
        ask: Who agrees; that they may approve is known.
        request: What they agree to.
    """
    approval = request.approval
    rules = intake.policy().approval
    own_counts = rules.self_approval and not request.never_alone
    if ask.person.user_id == request.requester.user_id and not own_counts:
        why = (
            "an undo of a break-glass takes another person"
            if request.never_alone
            else "self_approval is off"
        )
        own = Denied(
            f"you asked for this change yourself, and {why}",
            moving.ANOTHER_APPROVER,
            () if approval is None else approval.approvers,
            name=RuleName.OWN_REQUEST,
        )
        intake.count("approve", own)
        return await intake.deny(transaction, ask, "approve", own, request)
    if approval is not None and ask.person.user_id in {
        vote.voter.user_id for vote in approval.votes
    }:
        return moving.voted_before(request)
    voted = await transaction.add_vote(request.id, Vote(ask.person, ask.now), ask.now)
    if voted is None or voted.approval is None:
        return moving.already_decided(await transaction.request(request.id) or request)
    count, quorum = len(voted.approval.votes), voted.approval.quorum
    digest = intake.policy().digest
    event = evidence.by_person(
        *(voted, EventTag.APPROVAL_VOTED, ask.person, ask.now),
        votes=count,
        quorum=quorum,
        policy=digest,
    )
    if count < quorum:
        await transaction.append(event)
        return voted
    granted = replace(
        voted,
        state=move_request(voted.state, RequestState.ACCEPTED),
        approval=replace(voted.approval, granted_at=ask.now),
    )
    if not await transaction.move_on(granted, voted.state, ask.now):
        return moving.already_decided(await transaction.request(request.id) or request)
    grant = evidence.by_person(
        granted, EventTag.APPROVAL_GRANTED, ask.person, ask.now, policy=digest
    )
    await transaction.append(event, grant)
    return granted
