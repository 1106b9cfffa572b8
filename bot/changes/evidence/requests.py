"""What requests come to."""

from collections.abc import Sequence
from datetime import datetime

from bot.changes.audit import AuditEvent, EventTag
from bot.changes.evidence.details import place, telling, visible, what_was_asked
from bot.changes.leak_report import LeakReport
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate

_TAG_OF = {
    TargetState.INTENDED: EventTag.CHANGE_INTENDED,
    TargetState.DONE: EventTag.CHANGE_DONE,
    TargetState.UNCHANGED: EventTag.CHANGE_UNCHANGED,
    TargetState.APPLIED: EventTag.CHANGE_APPLIED,
    TargetState.REFUSED: EventTag.CHANGE_REFUSED,
    TargetState.FAILED: EventTag.CHANGE_FAILED,
    TargetState.UNKNOWN: EventTag.CHANGE_UNKNOWN,
    TargetState.LOST: EventTag.CHANGE_LOST,
    TargetState.CANCELLED: EventTag.CHANGE_CANCELLED,
    TargetState.RETURNING: EventTag.CHANGE_RETURN_INTENDED,
    TargetState.RETURNED: EventTag.CHANGE_RETURNED,
}
_CLOSED_AS = {
    RequestState.DENIED: EventTag.APPROVAL_DENIED,
    RequestState.EXPIRED: EventTag.REQUEST_EXPIRED,
    RequestState.CANCELLED: EventTag.REQUEST_CANCELLED,
    RequestState.VOIDED: EventTag.REQUEST_VOIDED,
}
# A line of the history is not the place for a thousand ids; each has events of its own.
_IDS_NAMED = 20


def accepted(request: ChangeRequest) -> AuditEvent:
    """A request was allowed and stored; nothing was sent yet."""
    selected = request.selection
    return _of_request(
        request,
        EventTag.REQUEST_ACCEPTED,
        request.created_at,
        **_asked_for(request),
        selected=None if selected is None else selected.user,
        reason=request.reason,
        undo_of=request.undo_of,
        retry_of=request.retry_of,
        again_of=request.again_of,
        leak_of=request.leak_of,
        **_reported(request.leak),
        automatic=request.automatic or None,
        break_glass=(request.break_glass is not None) or None,
        lasts=None if request.timer is None else request.timer.lasts.total_seconds(),
        channel=request.origin.channel_id,
        rule=request.rule,
        policy=request.policy_digest,
    )


def shown(request: ChangeRequest, at: datetime, digest: str) -> AuditEvent:
    """A request was prepared and shown; what is carried out later must be what was shown."""
    tag = (
        EventTag.APPROVAL_ASKED
        if request.state is RequestState.AWAITING_APPROVAL
        else EventTag.REQUEST_SHOWN
    )
    approval = request.approval
    return _of_request(
        request,
        tag,
        at,
        **_asked_for(request),
        digest=digest,
        rule=None if approval is None else approval.rule,
        quorum=None if approval is None else approval.quorum,
    )


def lapsed(request: ChangeRequest, at: datetime, voters: Sequence[str]) -> AuditEvent:
    """An approval does not hold any more, since somebody who voted may not approve now."""
    return _of_request(request, EventTag.APPROVAL_LAPSED, at, voters=list(voters))


def came_to_nothing(request: ChangeRequest, at: datetime) -> AuditEvent:
    """A request selected no token, or its tokens could not be looked up."""
    problem = request.closing
    return _of_request(
        request,
        EventTag.CHANGE_REFUSED,
        at,
        asked=what_was_asked(request),
        code=None if problem is None else problem.code.value,
        message=None if problem is None else problem.message,
    )


def closed(request: ChangeRequest, at: datetime) -> AuditEvent:
    """A request ended before anything was sent."""
    problem = request.closing
    return _of_request(
        request,
        _CLOSED_AS[request.state],
        at,
        asked=what_was_asked(request),
        tokens=_count(request),
        message=None if problem is None else problem.message,
    )


def interrupted(request: ChangeRequest, at: datetime) -> AuditEvent:
    """An executor ended while a PATCH may have been on its way; another has taken over."""
    return _of_request(request, EventTag.CHANGE_INTERRUPTED, at, times=request.interrupted)


def progress(request: ChangeRequest, target: Target, at: datetime) -> AuditEvent:
    """A target has come to a new state: the intent, or an outcome."""
    problem = target.problem
    return AuditEvent(
        _TAG_OF[target.state],
        at,
        request.requester.user_id,
        request.requester.team_id,
        change_id=request.id,
        instance=target.instance or None,
        authorization_id=target.authorization_id,
        detail=telling(
            {
                "asked": "undo" if request.undo_of else target.effect.value,
                "before": visible(target.before),
                "after": visible(target.after),
                **_values(target.update),
                "code": None if problem is None else problem.code.value,
                "message": None if problem is None else problem.message,
                "reason": request.reason,
                "undo_of": request.undo_of,
                "automatic": request.automatic or None,
                "typed_by": request.typed_by,
            }
        ),
    )


def _reported(report: LeakReport | None) -> dict[str, object]:
    """Give what the record keeps of a report of a leaked secret."""
    if report is None:
        return {}
    return {
        "found_in": report.found_in,
        "unusual": report.unusual or None,
        "fingerprint": report.fingerprint,
        "others": report.others or None,
    }


def _of_request(
    request: ChangeRequest, tag: EventTag, at: datetime, **detail: object
) -> AuditEvent:
    """Make an event about a whole request, in its requester's name."""
    instance, authorization_id = place(request)
    return AuditEvent(
        tag,
        at,
        request.requester.user_id,
        request.requester.team_id,
        change_id=request.id,
        instance=instance,
        authorization_id=authorization_id,
        detail=telling({**detail, "typed_by": request.typed_by}),
    )


def _asked_for(request: ChangeRequest) -> dict[str, object]:
    """Say what is to be set, and on which tokens where they are several."""
    updates = set(request.updates)
    one = next(iter(updates)) if len(updates) == 1 else None
    ids = [target.authorization_id for target in request.targets]
    return {
        "asked": what_was_asked(request),
        **({} if one is None else _values(one)),
        "tokens": _count(request),
        "ids": ids[:_IDS_NAMED] if len(ids) > 1 else None,
    }


def _count(request: ChangeRequest) -> int | None:
    """Count the tokens of a request where they are several; one is named by itself."""
    return len(request.targets) if len(request.targets) > 1 else None


def _values(update: AuthorizationUpdate) -> dict[str, object]:
    status = None if update.status is None else update.status.value
    return {"status": status, "description": update.description}
