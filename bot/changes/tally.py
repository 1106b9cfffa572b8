"""Whether there are enough votes, judged by what the voters may do now."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.changes.approval import Vote
from bot.changes.deciding import decide
from bot.changes.decision import Allowed, Wanted
from bot.changes.people import Standing
from bot.changes.policy import Policy, Role
from bot.changes.request import ChangeRequest


@dataclass(frozen=True)
class Tally:
    """The votes of a request, sorted by whether they count now.

    Attributes:
        counting: Those that count.
        lapsed: Those of people who may not approve any more.
    """

    counting: tuple[Vote, ...] = ()
    lapsed: tuple[Vote, ...] = ()


def tally(policy: Policy, request: ChangeRequest, standings: Mapping[str, Standing]) -> Tally:
    """Sort a request's votes: those of approvers count, but the requester's only if it may.

    Args:
        policy: The policy in force now.
        request: The request with its votes.
        standings: What Slack says of each voter now, by user id.
    """
    if request.approval is None:
        return Tally()
    counting, lapsed = [], []
    for vote in request.approval.votes:
        standing = standings.get(vote.voter.user_id, Standing())
        held = decide(policy, vote.voter, standing, Wanted(Role.APPROVER))
        own = vote.voter.user_id == request.requester.user_id
        own_counts = policy.approval.self_approval and not request.never_alone
        if isinstance(held, Allowed) and (own_counts or not own):
            counting.append(vote)
        else:
            lapsed.append(vote)
    return Tally(tuple(counting), tuple(lapsed))
