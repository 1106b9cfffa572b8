"""What is said of the review of a break-glass: that it is missing, or cannot be given."""

from collections.abc import Iterable

from bot.changes.errors import ErrorCode, Problem
from bot.changes.moments import exact_moment, moment
from bot.changes.request import ChangeRequest

_NAMED = 3


def reviewers(request: ChangeRequest) -> tuple[str, ...]:
    """List who can review a break-glass: the approvers when it was asked, but its requester."""
    glass = request.break_glass
    approvers = () if glass is None else glass.approvers
    return tuple(each for each in approvers if each != request.requester.user_id)


def reviewable(request: ChangeRequest) -> bool:
    """Tell whether a break-glass awaits its review: what was done is known, and not looked at."""
    return request.unreviewed and request.state.final


def not_reviewed_yet(earlier: ChangeRequest, approvers: Iterable[str], command: str) -> Problem:
    """Say that a person's earlier break-glass has to be reviewed before their next.

    Args:
        earlier: The change that is not reviewed.
        approvers: Who can review it now.
        command: The slash command's name, for hints.
    """
    others = sorted(each for each in approvers if each != earlier.requester.user_id)
    return Problem(
        ErrorCode.UNREVIEWED,
        f"Your break-glass {earlier.id} of {moment(earlier.created_at)} is not reviewed "
        "yet, and until then you cannot break the glass again. Nothing was changed.",
        f"An approver can review it, in its message or in {command} pending. Or ask without "
        "--break-glass.",
        helpers=tuple(others[:_NAMED]),
    )


def cannot_be_reviewed(request: ChangeRequest, command: str) -> Problem | None:
    """Say why nobody can review a change now, or give None."""
    if request.break_glass is None:
        return _nothing_to_review(request, "was no break-glass", command)
    if request.break_glass.reviewed_at is not None:
        return already_reviewed(request)
    if not request.state.final:
        return Problem(
            ErrorCode.NOT_FINISHED,
            f"Change {request.id} is not over yet. Nothing was recorded.",
            "Review it once its outcome is known.",
        )
    if not request.unreviewed:
        return _nothing_to_review(request, "has changed nothing", command)
    return None


def already_reviewed(request: ChangeRequest) -> Problem:
    """Say who has reviewed a break-glass before somebody else could."""
    glass = request.break_glass
    at = None if glass is None else glass.reviewed_at
    when = "" if at is None else f" at {exact_moment(at)}"
    return Problem(
        ErrorCode.ALREADY_REVIEWED,
        f"Change {request.id} was already reviewed{when}. Nothing more was recorded.",
        by="" if glass is None else glass.reviewed_by,
    )


def _nothing_to_review(request: ChangeRequest, why: str, command: str) -> Problem:
    return Problem(
        ErrorCode.NOTHING_TO_REVIEW,
        f"Change {request.id} {why}, so there is nothing to review. Nothing was recorded.",
        f"See {command} history {request.id}.",
    )
