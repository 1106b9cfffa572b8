"""What an executor does next with a request: a pure function of its record and of the ruling."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.changes.decision import Denied, NeedsApproval
from bot.changes.errors import ErrorCode, Problem
from bot.changes.moving import ASK_AGAIN
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling
from bot.changes.states import RequestState, TargetState

# What was shown may be confirmed for so long.
PREVIEW_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Refuse:
    """Nothing may be sent for any target."""

    problem: Problem


@dataclass(frozen=True)
class Close:
    """The request is over before anything was sent."""

    state: RequestState
    problem: Problem


@dataclass(frozen=True)
class Prepare:
    """Find and read the targets, to show them."""


@dataclass(frozen=True)
class Preview:
    """Show the targets to the requester, and wait for Confirm."""


@dataclass(frozen=True)
class AskApproval:
    """Show the targets to everybody, and wait for votes."""

    decision: NeedsApproval


@dataclass(frozen=True)
class HoldBack:
    """It is the request's turn, but all changes are stopped."""

    reason: str


@dataclass(frozen=True)
class CarryOut:
    """Send what is to be sent."""


@dataclass(frozen=True)
class Wait:
    """A person's turn has not come, or not passed."""

    until: datetime


Stage = Refuse | Close | Prepare | Preview | AskApproval | HoldBack | CarryOut | Wait


def next_stage(request: ChangeRequest, ruling: Ruling, now: datetime, instances: int) -> Stage:
    """Say what comes next for a request that is not finished.

    Args:
        request: The request as it is recorded.
        ruling: What is true now of its requester and its voters.
        now: The moment.
        instances: How many InfluxDB instances there are.
    """
    if request.state.waiting:
        return _waiting(request, now)
    if request.state is RequestState.ACCEPTED:
        return _before_sending(request, ruling, now, instances)
    open_targets = [target for target in request.targets if not target.state.final]
    # What may have been sent is read also while changes are stopped.
    nothing_to_read = request.leak is None and all(target.unsent for target in open_targets)
    if ruling.stopped is not None and nothing_to_read and not request.cancelled_by:
        return HoldBack(ruling.stopped.rule)
    return CarryOut()


def _waiting(request: ChangeRequest, now: datetime) -> Stage:
    until = request.expires_at or now
    if now < until:
        return Wait(until)
    return Close(RequestState.EXPIRED, expired(request))


def _before_sending(request: ChangeRequest, ruling: Ruling, now: datetime, instances: int) -> Stage:
    refused = _refused(request, ruling)
    if refused is not None:
        return Refuse(refused)
    approved = request.approval is not None
    if approved and request.expires_at is not None and now >= request.expires_at:
        return Close(RequestState.EXPIRED, expired(request))
    needs_approval = isinstance(ruling.decision, NeedsApproval)
    named = request.leak is None and not request.several
    if not request.prepared and (not named or needs_approval or instances > 1):
        return Prepare()
    return _prepared(request, ruling)


def _prepared(request: ChangeRequest, ruling: Ruling) -> Stage:
    decision = ruling.decision
    shown_first = _shown_first(request) and request.confirmed_at is None
    if _to_be_chosen(request) or shown_first or request.to_be_ordered:
        return Preview()
    if isinstance(decision, NeedsApproval) and ruling.missing_votes:
        return AskApproval(decision)
    if ruling.stopped is not None:
        return HoldBack(ruling.stopped.rule)
    return CarryOut()


def _refused(request: ChangeRequest, ruling: Ruling) -> Problem | None:
    if isinstance(ruling.decision, Denied):
        return not_allowed_any_more(ruling.decision)
    if request.automatic and isinstance(ruling.decision, NeedsApproval):
        return not_by_itself()
    if request.timer is not None and not ruling.ends_freely:
        return no_timer_here()
    return None


def _shown_first(request: ChangeRequest) -> bool:
    # What ends a timer was shown when it was confirmed, and nobody may be there to confirm it. What
    # breaks the glass names each token, and is looked at afterwards.
    return request.several and not request.automatic and request.break_glass is None


def _to_be_chosen(request: ChangeRequest) -> bool:
    return any(
        not target.instance and target.state is TargetState.PENDING for target in request.targets
    )


def expired(request: ChangeRequest) -> Problem:
    """Say that a request waited for too long."""
    if request.approval is None:
        message = "Nobody confirmed it in time. Nothing was changed."
    elif request.approval.granted_at is None:
        message = "Not enough approvers agreed in time. Nothing was changed."
    else:
        message = "Its approval ran out before it could be carried out. Nothing was changed."
    return Problem(ErrorCode.EXPIRED, message, ASK_AGAIN)


def not_allowed_any_more(decision: Denied) -> Problem:
    """Say that the policy says no by now, in a message that not the requester alone reads."""
    said = decision.to_others
    return Problem(
        ErrorCode.NOT_ALLOWED,
        f"Not allowed any more: {said.rule}. Nothing was changed.",
        said.hint,
        helpers=said.helpers,
    )


def not_by_itself() -> Problem:
    """Say that the end of a timer needs a second person by now."""
    return Problem(
        ErrorCode.NOT_ALLOWED,
        "Enabling needs an approval by now, so it does not happen by itself. Nothing was changed.",
        "Ask for it with enable.",
    )


def no_timer_here() -> Problem:
    """Say that a timer cannot be asked for where its end would need a second person."""
    return Problem(
        ErrorCode.NOT_ALLOWED,
        "Not allowed: --for enables again by itself, and enabling needs an approval here. "
        "Nothing was changed.",
        "Ask again without --for, and later with enable.",
    )


def barred(request: ChangeRequest, ruling: Ruling, now: datetime) -> Problem | None:
    """Say why nothing more of a request may be sent now, or None."""
    if isinstance(ruling.decision, Denied):
        return not_allowed_any_more(ruling.decision)
    if isinstance(ruling.decision, NeedsApproval) and ruling.missing_votes:
        granted = request.approval is not None and request.approval.granted_at is not None
        lapsed = "the approval does not hold, since somebody who gave it may not approve now"
        why = lapsed if granted else ruling.decision.rule
        return Problem(
            ErrorCode.NOT_ALLOWED,
            f"Not allowed any more: {why}. Nothing was changed.",
            "Ask again.",
        )
    if request.approval is not None and request.expires_at and now >= request.expires_at:
        return expired(request)
    return None
