"""The message of a request before anything is sent: a preview, an approval, a stop, an end."""

from collections.abc import Sequence

from bot.changes.blast_radius import blast_radius
from bot.changes.request import ChangeRequest, Choice, Target
from bot.changes.states import RequestState, TargetState
from bot.changes.update import summary
from bot.slack.blocks import buttons
from bot.slack.blocks.endings import timer_line, timer_text
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    mention_text,
    paragraph,
    person,
    plain,
    quoted,
    shown,
)
from bot.slack.blocks.several import target_line
from bot.slack.blocks.wording import (
    clock_time,
    name_of,
    named,
    problem_text,
    provenance,
    subject,
    told,
    verb,
    wanted,
    whereabouts,
)

_LISTED = 15
_CLOSED = {
    RequestState.DENIED: "Denied",
    RequestState.EXPIRED: "Expired",
    RequestState.CANCELLED: "Cancelled",
    RequestState.VOIDED: "Approval void",
}


def waiting_message(change: ChangeRequest, note: str = "") -> Message:
    """Draw a request whose turn has not come, or that is over before anything was sent."""
    if change.state.closed:
        return _closed(change, note)
    if change.state is RequestState.AWAITING_APPROVAL:
        return _approval(change, note)
    if change.state is RequestState.PREVIEWED and change.choices:
        return _choice(change, note)
    if change.state is RequestState.PREVIEWED:
        return _preview(change, note)
    return _held(change, note)


def preview_lines(change: ChangeRequest) -> list[Line]:
    """Show what a request would change, what is left out, and what that means."""
    return [*_targets(change), *([plain(each)] for each in blast_radius(change))]


def _preview(change: ChangeRequest, note: str) -> Message:
    title = f"To confirm: {verb(change)} {_to_come(change)}"
    until = "" if change.expires_at is None else f"Confirm until {clock_time(change.expires_at)}."
    lines: list[Line] = [
        [bold(title)],
        *preview_lines(change),
        timer_line(change),
        provenance(change),
        [plain(f"Nothing is changed before its requester confirms. {until}")],
        [plain(note)],
    ]
    text = _text(change, title, f"{timer_text(change)} {until}")
    return Message(
        text, (paragraph(*lines), buttons.row(buttons.confirm(change), buttons.cancel(change)))
    )


def _choice(change: ChangeRequest, note: str) -> Message:
    target = change.targets[0]
    places = " and ".join(choice.instance for choice in change.choices)
    title = f"Which one? {verb(change).capitalize()} {target.authorization_id}"
    lines: list[Line] = [
        [bold(title)],
        [plain(f"It was found on {places}, or not every instance answers.")],
        *(_choice_line(choice) for choice in change.choices),
        provenance(change),
        [plain(note)],
    ]
    offered = [
        buttons.choose(change, choice.instance, place)
        for place, choice in enumerate(change.choices)
    ]
    text = _text(change, title, f"It was found on {places}.")
    return Message(text, (paragraph(*lines), buttons.row(*offered, buttons.cancel(change))))


def _choice_line(choice: Choice) -> Line:
    token = choice.token
    return joined(
        [bold(choice.instance)],
        [plain(name_of(token))],
        [plain(token.status.value)],
        [plain(f"owner {shown(token.user)}")],
    )


def _approval(change: ChangeRequest, note: str) -> Message:
    approval = change.approval
    title = f"Approval needed: {verb(change)} {_to_come(change)}"
    lines: list[Line] = [[bold(title)], *preview_lines(change), timer_line(change)]
    text = timer_text(change)
    mentions = ""
    if approval is not None:
        rule = f"{approval.rule[:1].upper()}{approval.rule[1:]}."
        votes = f"{len(approval.votes)} of {approval.quorum}"
        voters = tuple(vote.voter.user_id for vote in approval.votes)
        lines += [
            [plain(f"{rule} Votes: {votes}"), *named(", by ", voters), plain(".")],
            named("Can approve: ", approval.approvers),
        ]
        text = f"{text} {rule} Votes: {votes}."
        mentions = " ".join(mention_text(each) for each in approval.approvers)
    until = "" if change.expires_at is None else f"Open until {clock_time(change.expires_at)}."
    lines += [provenance(change), [plain(until)], [plain(note)]]
    blocks = (
        paragraph(*lines),
        buttons.row(buttons.approve(change), buttons.deny(change), buttons.cancel(change)),
    )
    asked = f" Can approve: {mentions}." if mentions else ""
    return Message(_text(change, title, f"{text} {until}") + asked, blocks)


def _held(change: ChangeRequest, note: str) -> Message:
    title = f"Waiting: {verb(change)} {_to_come(change)}"
    why = change.held_back or "it is its turn soon"
    told_why = f"It waits, since {why}." if change.held_back else f"It waits: {why}."
    lines: list[Line] = [
        [bold(title)],
        *preview_lines(change),
        [plain(told_why)],
        provenance(change),
        [plain(note)],
    ]
    return Message(
        _text(change, title, told_why),
        (paragraph(*lines), buttons.row(buttons.cancel(change))),
    )


def _closed(change: ChangeRequest, note: str) -> Message:
    title = f"{_CLOSED[change.state]}: {verb(change)} {subject(change)}"
    problem = change.closing
    by = "" if problem is None else problem.by
    lines: list[Line] = [
        [bold(title)],
        *([[plain("By "), person(by), plain(".")]] if by else []),
        [plain(problem_text(problem))],
        [plain("" if problem is None else shown(problem.hint, LONGEST_TOLD))],
        *_targets(change),
        provenance(change),
        [plain(note)],
    ]
    who = f" By <@{by}>." if by else ""
    return Message(_text(change, title, problem_text(problem)) + who, (paragraph(*lines),))


def _to_come(change: ChangeRequest) -> str:
    """Say what a request is about, without what is left out."""
    if len(change.targets) == 1 or not change.targets:
        return subject(change)
    coming = len([target for target in change.targets if not target.state.final])
    return f"{coming} {'token' if coming == 1 else 'tokens'}"


def _targets(change: ChangeRequest) -> list[Line]:
    if not change.targets:
        return []
    if len(change.targets) == 1:
        return _one(change.targets[0])
    coming = [target for target in change.targets if not target.state.final]
    lines = _listed([_line(target) for target in coming])
    already = change.in_state(TargetState.UNCHANGED)
    left_out = change.in_state(TargetState.REFUSED, TargetState.FAILED)
    if already:
        lines.append([bold(f"Nothing to change: {len(already)}")])
        lines += _listed([target_line(target) for target in already])
    if left_out:
        lines.append([bold(f"Left out: {len(left_out)}")])
        lines += _listed([target_line(target) for target in left_out])
    return lines


def _listed(lines: Sequence[Line]) -> list[Line]:
    more = len(lines) - _LISTED
    return [*lines[:_LISTED], *([[plain(f"and {more} more")]] if more > 0 else [])]


def _one(target: Target) -> list[Line]:
    where = joined([code(target.authorization_id)], *whereabouts(target))
    return [where, *_differences(target)]


def _line(target: Target) -> Line:
    seen = target.seen
    whose = "" if seen is None else f"owner {shown(seen.user)}"
    return joined(
        [code(target.authorization_id)],
        [plain(name_of(seen))],
        [plain(whose)],
        [plain(target.instance)],
        *_differences(target),
    )


def _differences(target: Target) -> list[Line]:
    if target.before is None:
        return [[plain(f"to be {wanted(target.update)}")]]
    return [
        [plain(f"{field.capitalize()}: {told(field, old)} → "), bold(told(field, new))]
        for field, old, new in summary(target.update, target.before)
    ]


def _text(change: ChangeRequest, title: str, more: str) -> str:
    ids = [t.authorization_id for t in change.targets if not t.state.final or change.state.closed]
    parts = [
        f"{title}.",
        f"Tokens: {', '.join(ids[:_LISTED])}{' and more' if len(ids) > _LISTED else ''}."
        if ids
        else "",
        *blast_radius(change),
        more.strip(),
        f"Reason: {quoted(change.reason)}." if change.reason else "",
        f"Change {change.id}.",
    ]
    who = f" By <@{change.requester.user_id}>."
    return escaped(" ".join(part for part in parts if part)) + who
