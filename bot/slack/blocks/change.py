"""The message of a change of one token: posted when it ends, edited when it is undone."""

from dataclasses import replace

from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.changes.update import ChangeKind
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.differences import difference_lines, difference_text
from bot.slack.blocks.drift import drift_lines, drift_text
from bot.slack.blocks.endings import retried, undone_lines, undone_text, undone_title
from bot.slack.blocks.glass import glass_buttons, glass_lines, glass_mentions, glass_text
from bot.slack.blocks.people import change_text, named_text, provenance, stopped_by
from bot.slack.blocks.problems import problem_lines, problem_mentions, problem_text
from bot.slack.blocks.rich import Line, Message, bold, code, joined, paragraph, person, plain
from bot.slack.blocks.timers import runs, timer_line, timer_mentions, timer_text
from bot.slack.blocks.wording import INTERRUPTED, identified, name_of, wanted, whereabouts

_DONE = {
    ChangeKind.DISABLE: "Token disabled",
    ChangeKind.ENABLE: "Token enabled",
    ChangeKind.DESCRIBE: "Description changed",
}
NOT_DONE = {
    ChangeKind.DISABLE: "Token not disabled",
    ChangeKind.ENABLE: "Token not enabled",
    ChangeKind.DESCRIBE: "Description not changed",
}
_UNDER_WAY = {
    ChangeKind.DISABLE: "Disabling",
    ChangeKind.ENABLE: "Enabling",
    ChangeKind.DESCRIBE: "Changing the description",
}


def change_message(
    change: ChangeRequest,
    *,
    undo: ChangeRequest | None = None,
    undoable: bool = False,
    retryable: bool = False,
    note: str = "",
) -> Message:
    """Tell what became of a change of one token, and of its undo if there was one.

    Args:
        change: The change as it is recorded.
        undo: The change that took it back, or is trying to.
        undoable: Whether to offer Undo.
        retryable: Whether to offer Retry.
        note: A last line, such as why it was sent to one person alone.
    """
    target = change.targets[0]
    lines: list[Line] = [
        joined([bold(_title(change, undo))], [plain(name_of(target.seen))]),
        joined([code(target.authorization_id)], *whereabouts(target)),
        *_outcome_lines(_agreeing(change, retryable=retryable)),
        [plain("Cancelled by "), person(stopped_by(change)), plain(".")]
        if stopped_by(change)
        else [],
        *glass_lines(change),
        provenance(change),
        *([] if undo is None else undone_lines(undo, _outcome_lines(undo))),
        [plain(retried(change))],
        *([timer_line(change)] if undo is None else []),
        [plain(note)],
    ]
    blocks = [paragraph(*lines)]
    offered = glass_buttons(change)
    if undo is None:
        offered += [buttons.undo(change)] if undoable else []
        offered += [buttons.retry(change)] if retryable else []
        offered += [buttons.keep(change)] if runs(change) else []
        if target.instance:
            offered.append(token_buttons.details(target.instance, target.authorization_id))
    blocks += [buttons.row(*offered)] if offered else []
    return Message(_text(_agreeing(change, retryable=retryable), undo), tuple(blocks))


def _agreeing(change: ChangeRequest, *, retryable: bool) -> ChangeRequest:
    """Have the hint name the button beside it, which does what it would have people type."""
    target = change.targets[0]
    if not retryable or target.problem is None:
        return change
    hint = target.problem.hint.replace("Ask again", "Press Retry").replace(
        "ask again", "press Retry"
    )
    return replace(change, targets=(replace(target, problem=replace(target.problem, hint=hint)),))


def _title(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    target = change.targets[0]
    kind = target.effect
    match target.state:
        case TargetState.DONE:
            return f"{_DONE[kind]}{'' if undo is None else undone_title(undo)}"
        case TargetState.APPLIED:
            return f"{_DONE[kind]}, but not read back"
        case TargetState.UNKNOWN:
            return f"{_UNDER_WAY[kind]}, outcome unknown"
        case TargetState.LOST:
            return f"{_UNDER_WAY[kind]}, outcome lost"
        case TargetState.UNCHANGED:
            return "Nothing to change"
        case _:
            return NOT_DONE[kind]


def _outcome_lines(change: ChangeRequest) -> list[Line]:
    """Tell what became of the one token of a change."""
    target = change.targets[0]
    lines: list[Line] = []
    if target.state is TargetState.DONE and target.before is not None:
        lines += difference_lines(target.update, target.before, target.finished_at)
    return [
        *lines,
        [plain(without_sending(target))],
        *problem_lines(target.problem),
        [plain(_interrupted(change))],
        *drift_lines(change),
    ]


def without_sending(target: Target) -> str:
    """Say why nothing was sent, where no problem says it."""
    match target.state:
        case TargetState.UNCHANGED:
            return f"It was already {wanted(target.update)}."
        case TargetState.CANCELLED:
            return "Cancelled before it was sent. Nothing was changed."
        case _:
            return ""


def _text(change: ChangeRequest, undo: ChangeRequest | None) -> str:
    said = [f"{_title(change, undo)}: {identified(change.targets[0])}."]
    for each in (change, *(() if undo is None else (undo,))):
        target = each.targets[0]
        if target.state is TargetState.DONE and target.before is not None:
            said.append(difference_text(target.update, target.before, target.finished_at))
        said += [without_sending(target), problem_text(target.problem)]
        said += [_interrupted(each), drift_text(each)]
    said.append(glass_text(change))
    said += [retried(change), "" if undo is not None else timer_text(change)]
    mentions = (
        named_text("Cancelled by ", [stopped_by(change)] if stopped_by(change) else []),
        problem_mentions(change.targets[0].problem),
        glass_mentions(change),
        timer_mentions(change) if undo is None else undone_text(undo),
    )
    return change_text(change, *said, after=" ".join(each for each in mentions if each))


def _interrupted(change: ChangeRequest) -> str:
    return INTERRUPTED if change.interrupted else ""
