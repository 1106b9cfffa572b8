"""What happened, for people who were not there: a timeline, receipts, who has agreed.

It is plain text, since others' texts stand in it: nothing of them is a link, a picture or a format.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.audit_verifier.verify_record import Event
from bot.changes.audit import AuditEvent, EventTag
from bot.changes.moments import exact_moment
from bot.changes.request import ChangeRequest
from bot.cli.plain_message import plain_message
from bot.slack.blocks.history import event_line
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.rich import Message, paragraph, shown

_LONGEST_REASON = 1_000


def timeline(change_id: str, changes: Sequence[ChangeRequest], events: Sequence[Event]) -> str:
    """Tell every event in a line, the oldest first, with its number in the record."""
    names = ", ".join(_role(change) for change in changes)
    lines = [f"{event['sequence']}. {_line(event)}" for event in events]
    return _page(f"Timeline of change {change_id}", [f"It is about {names}.", "", *lines])


def receipts(changes: Sequence[ChangeRequest]) -> str:
    """Tell what each change has come to, as its message in Slack does, and how each token was."""
    lines: list[str] = []
    for change in changes:
        message = request_message(change, Offer())
        told = plain_message(message, change.created_at).split("\n")
        lines += [*_heading(change), *told, ""]
        lines += [*_tokens(change), ""]
    return _page("Receipts", lines)


def approvals(changes: Sequence[ChangeRequest]) -> str:
    """Tell who asked for each change, by which rule, and who has agreed, denied or reviewed."""
    lines: list[str] = []
    for change in changes:
        lines += [*_heading(change), *(f"- {each}" for each in _agreed(change)), ""]
    return _page("Approvals", lines)


def _role(change: ChangeRequest) -> str:
    for other, what in (
        (change.undo_of, "an undo of"),
        (change.retry_of, "a retry of"),
        (change.again_of, "a disable again after"),
        (change.leak_of, "the owner's other tokens, reported with"),
    ):
        if other is not None:
            return f"change {change.id} ({what} {other})"
    report = " (the report of a leaked secret)" if change.leak is not None else ""
    return f"change {change.id}{report}"


def _line(event: Event) -> str:
    try:
        read = _read(event)
    except (KeyError, TypeError, ValueError):
        return "This is no event that the bot writes: it was changed after it was written."
    message = Message("", (paragraph(event_line(read)),))
    return " ".join(plain_message(message, read.at).split("\n"))


def _read(event: Event) -> AuditEvent:
    change, instance, authorization = (
        None if event[name] is None else str(event[name])
        for name in ("change", "instance", "authorization")
    )
    detail = event["detail"]
    return AuditEvent(
        tag=EventTag(str(event["tag"])),
        at=datetime.fromisoformat(str(event["at"])),
        actor=str(event["actor"]),
        team=str(event["team"]),
        change_id=change,
        instance=instance,
        authorization_id=authorization,
        detail=detail if isinstance(detail, dict) else {},
    )


def _tokens(change: ChangeRequest) -> Iterator[str]:
    for target in change.targets:
        before, after = (
            "not read" if each is None else each.status.value
            for each in (target.before, target.after)
        )
        finished = "" if target.finished_at is None else f", {exact_moment(target.finished_at)}"
        yield (
            f"- {target.authorization_id} on {shown(target.instance) or 'no instance'}: "
            f"{target.state.value}; {before} before, {after} after{finished}."
        )
    report = change.leak
    if report is None:
        return
    for attempt in report.attempts:
        yield (
            f"- Shown the leaked secret after {attempt.authorization_id} was disabled, "
            f"{shown(attempt.instance)} said: {shown(attempt.after.detail)} "
            f"({attempt.after.verdict.value}, {exact_moment(attempt.after.at)})."
        )
    if report.proven_at is not None:
        yield f"- Proven dead: {exact_moment(report.proven_at)}."
    yield from (f"- Told as owner: {each}." for each in change.leak_told.owners)


def _agreed(change: ChangeRequest) -> Iterator[str]:
    typed = f" (typed by {shown(change.typed_by)})" if change.typed_by else ""
    yield f"Asked for by {change.requester.user_id}{typed}, {exact_moment(change.created_at)}."
    yield f"Allowed by: {shown(change.rule)} (policy {change.policy_digest[:16]})."
    if change.reason:
        yield f"Reason: {shown(change.reason, _LONGEST_REASON)}"
    approval = change.approval
    if approval is not None:
        yield (
            f"Needed {approval.quorum} of {', '.join(approval.approvers)}: {shown(approval.rule)}."
        )
        for vote in approval.votes:
            yield f"Approved by {vote.voter.user_id}, {exact_moment(vote.at)}."
    elif change.break_glass is None:
        yield "It needed no second person."
    glass = change.break_glass
    if glass is not None:
        yield f"Ran by break-glass, without the approval that it needed: {shown(glass.needed)}."
        yield (
            "Not reviewed."
            if glass.reviewed_at is None
            else f"Reviewed by {glass.reviewed_by}, {exact_moment(glass.reviewed_at)}."
        )
    if change.closing is not None:
        by = f" (by {change.closing.by})" if change.closing.by else ""
        yield f"Closed: {shown(change.closing.message, _LONGEST_REASON)}{by}"


def _heading(change: ChangeRequest) -> list[str]:
    title = f"Change {change.id}"
    return [title, "-" * len(title)]


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, "=" * len(title), "", *lines]).rstrip() + "\n"
