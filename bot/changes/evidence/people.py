"""What people did, and what they were refused."""

from dataclasses import replace
from datetime import datetime

from bot.changes.asking import Ask
from bot.changes.audit import AuditEvent, EventTag
from bot.changes.decision import Denied
from bot.changes.errors import Problem
from bot.changes.evidence.details import place, telling, what_was_asked
from bot.changes.people import Person
from bot.changes.request import ChangeRequest
from bot.changes.target import Target


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
    instance, authorization_id = place(about)
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
    instance, authorization_id = place(about)
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


def trimmed(actor: str, at: datetime, until: int, last_hash: str, count: int) -> AuditEvent:
    """The record's beginning was exported and removed; it begins behind this event now.

    Args:
        actor: Who did it, on the bot's own machine.
        at: When.
        until: The number of the last event that was removed.
        last_hash: Its hash, behind which the next one was written.
        count: How many events were removed.
    """
    detail = {"until": until, "hash": last_hash, "events": count}
    return AuditEvent(EventTag.RECORD_TRIMMED, at, actor, "", detail=detail)


def by_person(
    request: ChangeRequest, tag: EventTag, person: Person, at: datetime, **detail: object
) -> AuditEvent:
    """Somebody moved a request on: confirmed, voted, cancelled, denied."""
    instance, authorization_id = place(request)
    return AuditEvent(
        tag,
        at,
        person.user_id,
        person.team_id,
        change_id=request.id,
        instance=instance,
        authorization_id=authorization_id,
        detail=telling(detail | {"asked": what_was_asked(request)}),
    )


def typed(event: AuditEvent, ask: Ask) -> AuditEvent:
    """Say who has typed on the bot's own machine what happened in somebody's name, if it was so.

    And how old what Slack had told of that person was, if Slack did not answer.
    """
    told_at = ask.standing.as_of
    age = None if told_at is None else max(0, int((ask.now - told_at).total_seconds()))
    more: dict[str, object] = {
        "typed_by": ask.typed_by,
        "told_at": None if told_at is None else told_at.isoformat(timespec="seconds"),
        "told_seconds_ago": age,
    }
    return replace(event, detail={**event.detail, **telling(more)})
