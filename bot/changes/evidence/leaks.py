"""What was found out about a leaked secret; the secret itself is in no event."""

from datetime import datetime

from bot.changes.audit import AuditEvent, EventTag
from bot.changes.errors import Problem
from bot.changes.evidence.details import telling
from bot.changes.leak_report import Attempt, Lapse, LeakReport
from bot.changes.probe import Probe
from bot.changes.request import ChangeRequest
from bot.changes.target import Target


def identified(request: ChangeRequest, report: LeakReport, at: datetime) -> AuditEvent:
    """The instances were looked at for a leaked secret."""
    return _of_report(
        request,
        EventTag.LEAK_IDENTIFIED,
        at,
        ids=[target.authorization_id for target in request.targets] or None,
        looked=[
            telling(
                {
                    "instance": each.instance,
                    "search": each.search.value,
                    "shown": each.shown,
                    "hidden": each.hidden,
                    "matched": each.matched,
                    "why": each.why,
                    "before": _said(each.before),
                }
            )
            for each in report.looked
        ],
    )


def probed(request: ChangeRequest, attempt: Attempt, at: datetime) -> AuditEvent:
    """InfluxDB was shown a leaked secret, after a token was disabled."""
    return _of_report(
        request,
        EventTag.LEAK_PROBED,
        at,
        place=(attempt.instance, attempt.authorization_id),
        after=_said(attempt.after),
    )


def lapse(request: ChangeRequest, said: Lapse, at: datetime) -> AuditEvent:
    """InfluxDB accepted a leaked secret no more, before a further token was disabled."""
    return _of_report(
        request, EventTag.LEAK_PROBED, at, place=(said.instance, ""), after=_said(said.probe)
    )


def left_disabled(
    request: ChangeRequest, target: Target, problem: Problem, at: datetime
) -> AuditEvent:
    """A token was not the leaked one, and stays disabled all the same."""
    return _of_report(
        request,
        EventTag.LEAK_LEFT_DISABLED,
        at,
        place=(target.instance, target.authorization_id),
        code=problem.code.value,
        message=problem.message,
    )


def concluded(request: ChangeRequest, report: LeakReport, at: datetime) -> AuditEvent:
    """Nothing more is done about a leaked secret."""
    return _of_report(
        request,
        EventTag.LEAK_CONCLUDED,
        at,
        proof=report.proof.value,
        seconds=report.seconds_from(request.created_at),
    )


def _of_report(
    request: ChangeRequest,
    tag: EventTag,
    at: datetime,
    place: tuple[str, str] | None = None,
    **detail: object,
) -> AuditEvent:
    instance, authorization_id = place or ("", "")
    return AuditEvent(
        tag,
        at,
        request.requester.user_id,
        request.requester.team_id,
        change_id=request.id,
        instance=instance or None,
        authorization_id=authorization_id or None,
        detail=telling({**detail, "typed_by": request.typed_by}),
    )


def _said(probe: Probe) -> dict[str, object]:
    return telling(
        {
            "verdict": probe.verdict.value,
            "at": probe.at.isoformat(),
            "user_id": probe.user_id,
            "detail": probe.detail,
        }
    )
