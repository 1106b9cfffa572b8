"""What the record says of each step: one function an event, so that no caller forgets a field."""

from collections.abc import Sequence
from datetime import datetime

from bot.changes.audit import AuditEvent, EventTag
from bot.changes.authorization import Authorization
from bot.changes.decision import Denied
from bot.changes.errors import Problem
from bot.changes.people import Person
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
}
_CLOSED_AS = {
    RequestState.DENIED: EventTag.APPROVAL_DENIED,
    RequestState.EXPIRED: EventTag.REQUEST_EXPIRED,
    RequestState.CANCELLED: EventTag.REQUEST_CANCELLED,
    RequestState.VOIDED: EventTag.REQUEST_VOIDED,
}
# Who has seen what nobody is known to have done.
THE_BOT = "token-bot"
# A line of the history is not the place for a thousand ids; each has events of its own.
_IDS_NAMED = 20


def accepted(request: ChangeRequest) -> AuditEvent:
    """A request was allowed and stored; nothing was sent yet."""
    selected = request.selection
    return of_request(
        request,
        EventTag.REQUEST_ACCEPTED,
        request.created_at,
        **_asked_for(request),
        selected=None if selected is None else selected.user,
        reason=request.reason,
        undo_of=request.undo_of,
        retry_of=request.retry_of,
        again_of=request.again_of,
        automatic=request.automatic or None,
        lasts=None if request.timer is None else request.timer.lasts.total_seconds(),
        channel=request.origin.channel_id,
        rule=request.rule,
        policy=request.policy_digest,
    )


def denied(
    person: Person,
    at: datetime,
    asked: str,
    decision: Denied,
    digest: str,
    about: Target | ChangeRequest | None,
) -> AuditEvent:
    """The policy said no.

    Args:
        person: Who asked.
        at: When.
        asked: What for: a subcommand's or a button's name.
        decision: Why not.
        digest: Of the policy by which it was decided.
        about: The target or the change that was named, if one was.
    """
    instance, authorization_id = _place(about)
    return AuditEvent(
        EventTag.REQUEST_DENIED,
        at,
        person.user_id,
        person.team_id,
        change_id=about.id if isinstance(about, ChangeRequest) else None,
        instance=instance,
        authorization_id=authorization_id,
        detail={"asked": asked, "rule": decision.rule, "policy": digest},
    )


def refused(
    person: Person,
    at: datetime,
    asked: str,
    problem: Problem,
    about: ChangeRequest | None = None,
) -> AuditEvent:
    """What was asked cannot be asked; nothing of what was typed is kept, it may be a secret.

    ``about`` is the change that was to be undone, retried or moved on.
    """
    instance, authorization_id = _place(about)
    return AuditEvent(
        EventTag.REQUEST_REFUSED,
        at,
        person.user_id,
        person.team_id,
        change_id=None if about is None else about.id,
        instance=instance,
        authorization_id=authorization_id,
        detail={"asked": asked, "code": problem.code.value},
    )


def refusals_counted(person: Person, at: datetime, since: datetime, count: int) -> AuditEvent:
    """Somebody was refused more often than is worth a line each; this counts the others."""
    return AuditEvent(
        EventTag.REFUSALS_COUNTED,
        at,
        person.user_id,
        person.team_id,
        detail={"count": count, "since": since.isoformat(timespec="seconds")},
    )


def frozen(actor: str, at: datetime, reason: str) -> AuditEvent:
    """Changes were stopped for every replica."""
    detail = {"reason": reason} if reason else {}
    return AuditEvent(EventTag.CHANGES_FROZEN, at, actor, "", detail=detail)


def unfrozen(actor: str, at: datetime) -> AuditEvent:
    """Changes are possible again."""
    return AuditEvent(EventTag.CHANGES_UNFROZEN, at, actor, "")


def by_person(
    request: ChangeRequest, tag: EventTag, person: Person, at: datetime, **detail: object
) -> AuditEvent:
    """Somebody moved a request on: confirmed, voted, cancelled, denied."""
    instance, authorization_id = _place(request)
    return AuditEvent(
        tag,
        at,
        person.user_id,
        person.team_id,
        change_id=request.id,
        instance=instance,
        authorization_id=authorization_id,
        detail=_telling(detail | {"asked": _asked(request)}),
    )


def shown(request: ChangeRequest, at: datetime, digest: str) -> AuditEvent:
    """A request was prepared and shown; what is carried out later must be what was shown."""
    tag = (
        EventTag.APPROVAL_ASKED
        if request.state is RequestState.AWAITING_APPROVAL
        else EventTag.REQUEST_SHOWN
    )
    approval = request.approval
    return of_request(
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
    return of_request(request, EventTag.APPROVAL_LAPSED, at, voters=list(voters))


def came_to_nothing(request: ChangeRequest, at: datetime) -> AuditEvent:
    """A request selected no token, or its tokens could not be looked up."""
    problem = request.closing
    return of_request(
        request,
        EventTag.CHANGE_REFUSED,
        at,
        asked=_asked(request),
        code=None if problem is None else problem.code.value,
        message=None if problem is None else problem.message,
    )


def closed(request: ChangeRequest, at: datetime) -> AuditEvent:
    """A request ended before anything was sent."""
    problem = request.closing
    return of_request(
        request,
        _CLOSED_AS[request.state],
        at,
        asked=_asked(request),
        tokens=_count(request),
        message=None if problem is None else problem.message,
    )


def interrupted(request: ChangeRequest, at: datetime) -> AuditEvent:
    """An executor ended while a PATCH may have been on its way; another has taken over."""
    return of_request(request, EventTag.CHANGE_INTERRUPTED, at, times=request.interrupted)


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
        detail=_telling(
            {
                "asked": "undo" if request.undo_of else target.effect.value,
                "before": _visible(target.before),
                "after": _visible(target.after),
                **_values(target.update),
                "code": None if problem is None else problem.code.value,
                "message": None if problem is None else problem.message,
                "reason": request.reason,
                "undo_of": request.undo_of,
                "automatic": request.automatic or None,
            }
        ),
    )


def found_later(before: ChangeRequest, after: ChangeRequest, at: datetime) -> list[AuditEvent]:
    """Tokens that a request had disabled were found active again, or deleted, by the watch.

    Nobody who is known did that, so that it is the bot's own word.

    Args:
        before: The request before the look.
        after: The request with what was found.
        at: When they were read.
    """
    events = []
    for was, target in zip(before.targets, after.targets, strict=True):
        if target == was:
            continue
        again = target.active_again
        events.append(
            AuditEvent(
                EventTag.DRIFT_GONE if again is None else EventTag.DRIFT_FOUND,
                at,
                THE_BOT,
                "",
                change_id=after.id,
                instance=target.instance,
                authorization_id=target.authorization_id,
                detail=_telling(
                    {
                        "before": _visible(target.after),
                        "after": None if again is None else _visible(again.token),
                        "since": None if again is None else _since(again.token),
                    }
                ),
            )
        )
    return events


def of_request(request: ChangeRequest, tag: EventTag, at: datetime, **detail: object) -> AuditEvent:
    """Make an event about a whole request, in its requester's name."""
    instance, authorization_id = _place(request)
    return AuditEvent(
        tag,
        at,
        request.requester.user_id,
        request.requester.team_id,
        change_id=request.id,
        instance=instance,
        authorization_id=authorization_id,
        detail=_telling(detail),
    )


def _place(about: Target | ChangeRequest | None) -> tuple[str | None, str | None]:
    """Give instance and authorization of what is about one token alone."""
    if isinstance(about, ChangeRequest):
        about = about.targets[0] if len(about.targets) == 1 else None
    if about is None:
        return None, None
    return about.instance or None, about.authorization_id


def _asked_for(request: ChangeRequest) -> dict[str, object]:
    """Say what is to be set, and on which tokens where they are several."""
    updates = set(request.updates)
    one = next(iter(updates)) if len(updates) == 1 else None
    ids = [target.authorization_id for target in request.targets]
    return {
        "asked": _asked(request),
        **({} if one is None else _values(one)),
        "tokens": _count(request),
        "ids": ids[:_IDS_NAMED] if len(ids) > 1 else None,
    }


def _count(request: ChangeRequest) -> int | None:
    """Count the tokens of a request where they are several; one is named by itself."""
    return len(request.targets) if len(request.targets) > 1 else None


def _asked(request: ChangeRequest) -> str:
    return "undo" if request.undo_of else request.kind.value


def _values(update: AuthorizationUpdate) -> dict[str, object]:
    status = None if update.status is None else update.status.value
    return {"status": status, "description": update.description}


def _visible(authorization: Authorization | None) -> dict[str, str] | None:
    if authorization is None:
        return None
    return {
        "status": authorization.status.value,
        "description": authorization.description,
        "revision": str(authorization.revision),
    }


def _since(authorization: Authorization) -> str | None:
    at = authorization.updated_at
    return None if at is None else at.isoformat(timespec="seconds")


def _telling(detail: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in detail.items() if value not in (None, "")}
