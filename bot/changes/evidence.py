"""What the record says of each step: one function an event, so that no caller forgets a field."""

from datetime import datetime

from bot.changes.audit import AuditEvent, EventTag
from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.policy import Denied
from bot.changes.request import ChangeRequest, Person, Target, TargetState

_TAG_OF = {
    TargetState.INTENDED: EventTag.CHANGE_INTENDED,
    TargetState.DONE: EventTag.CHANGE_DONE,
    TargetState.UNCHANGED: EventTag.CHANGE_UNCHANGED,
    TargetState.APPLIED: EventTag.CHANGE_APPLIED,
    TargetState.REFUSED: EventTag.CHANGE_REFUSED,
    TargetState.FAILED: EventTag.CHANGE_FAILED,
    TargetState.UNKNOWN: EventTag.CHANGE_UNKNOWN,
    TargetState.LOST: EventTag.CHANGE_LOST,
}


def accepted(request: ChangeRequest) -> AuditEvent:
    """A request was allowed and stored; nothing was sent yet."""
    update = request.update
    return _of(
        request,
        EventTag.REQUEST_ACCEPTED,
        request.created_at,
        asked=_asked(request),
        status=None if update.status is None else update.status.value,
        description=update.description,
        reason=request.reason,
        undo_of=request.undo_of,
        channel=request.origin.channel_id,
        rule=request.rule,
        policy=request.policy_digest,
    )


def denied(
    person: Person, at: datetime, asked: str, decision: Denied, digest: str, target: Target | None
) -> AuditEvent:
    """The policy said no."""
    return AuditEvent(
        EventTag.REQUEST_DENIED,
        at,
        person.user_id,
        person.team_id,
        instance=None if target is None else target.instance,
        authorization_id=None if target is None else target.authorization_id,
        detail={"asked": asked, "rule": decision.rule, "policy": digest},
    )


def refused(
    person: Person,
    at: datetime,
    asked: str,
    problem: Problem,
    undone: ChangeRequest | None = None,
) -> AuditEvent:
    """What was asked cannot be asked; nothing of what was typed is kept, it may be a secret."""
    return AuditEvent(
        EventTag.REQUEST_REFUSED,
        at,
        person.user_id,
        person.team_id,
        instance=None if undone is None else undone.target.instance,
        authorization_id=None if undone is None else undone.target.authorization_id,
        detail={
            "asked": asked,
            "code": problem.code.value,
            **({} if undone is None else {"undo_of": undone.id}),
        },
    )


def interrupted(request: ChangeRequest, at: datetime) -> AuditEvent:
    """An executor ended while the PATCH may have been on its way; another has taken over."""
    return _of(request, EventTag.CHANGE_INTERRUPTED, at, times=request.interrupted)


def progress(request: ChangeRequest, at: datetime) -> AuditEvent:
    """A target has come to a new state: the intent, or an outcome."""
    target = request.target
    problem = target.problem
    return _of(
        request,
        _TAG_OF[target.state],
        at,
        asked=_asked(request),
        before=_visible(target.before),
        after=_visible(target.after),
        status=None if request.update.status is None else request.update.status.value,
        description=request.update.description,
        code=None if problem is None else problem.code.value,
        message=None if problem is None else problem.message,
        reason=request.reason,
        undo_of=request.undo_of,
    )


def _of(request: ChangeRequest, tag: EventTag, at: datetime, **detail: object) -> AuditEvent:
    return AuditEvent(
        tag,
        at,
        request.requester.user_id,
        request.requester.team_id,
        change_id=request.id,
        instance=request.target.instance,
        authorization_id=request.target.authorization_id,
        detail={key: value for key, value in detail.items() if value not in (None, "")},
    )


def _asked(request: ChangeRequest) -> str:
    if request.undo_of:
        return "undo"
    before = request.target.before
    kind = request.update.kind if before is None else request.update.effect_on(before)
    return kind.value


def _visible(authorization: Authorization | None) -> dict[str, str] | None:
    if authorization is None:
        return None
    return {
        "status": authorization.status.value,
        "description": authorization.description,
        "revision": str(authorization.revision),
    }
