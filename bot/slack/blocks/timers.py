"""A disable that ends by itself: when, who has stopped that, and that it is near."""

from bot.changes.duration import in_words
from bot.changes.moments import moment
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.timers import awaiting_end
from bot.slack.blocks import action_ids, buttons
from bot.slack.blocks.endings import undone_lines, undone_text
from bot.slack.blocks.people import named_text
from bot.slack.blocks.problems import problem_lines
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    joined,
    paragraph,
    person,
    plain,
    read_out,
)
from bot.slack.blocks.wording import sentence, subject, tokens, whereabouts


def runs(change: ChangeRequest) -> bool:
    """Tell whether anything that a change has disabled is going to be enabled by itself."""
    timer = change.timer
    return timer is not None and timer.ends_at is not None and bool(awaiting_end(change))


def timer_line(change: ChangeRequest) -> Line:
    """Say when a disable ends by itself, or who has stopped that; nothing without a timer."""
    who = _stopped_by(change)
    if not who:
        return [plain(timer_words(change))]
    if not awaiting_end(change):
        return [plain("Timer stopped by "), person(who), plain(f"{_active(change)}.")]
    return [plain(f"{_stays(change)}: "), person(who), plain(" stopped the timer.")]


def timer_text(change: ChangeRequest) -> str:
    """Say in a top-level text when a disable ends by itself."""
    return "" if _stopped_by(change) else timer_words(change)


def timer_mentions(change: ChangeRequest) -> str:
    """Say in a top-level text who has stopped a timer."""
    who = _stopped_by(change)
    if who and not awaiting_end(change):
        return f"{named_text('Timer stopped by ', [who]).removesuffix('.')}{_active(change)}."
    return named_text(f"{_stays(change)}; timer stopped by ", [who] if who else [])


def timer_words(change: ChangeRequest) -> str:
    """Say when a disable ends by itself; nothing if it does not, or others have ended it."""
    timer = change.timer
    if timer is None:
        return ""
    itself = "itself" if _count(change) == 1 else "themselves"
    if timer.ends_at is not None:
        others = "" if not _some_active(change) else f"{tokens(_count(change))} "
        told = f"{others}to be enabled again by {itself} at {moment(timer.ends_at)}."
        return f"{told[:1].upper()}{told[1:]}" if runs(change) else ""
    if not change.state.final:
        return f"To be enabled again by {itself} after {in_words(timer.lasts)}."
    return ""


def stopped_words(change: ChangeRequest) -> str:
    """Say to whoever stopped a timer what that means."""
    if awaiting_end(change):
        return "What is disabled stays disabled."
    return (
        sentence(_active(change).removeprefix("; ")) or "Nothing was left to be enabled by itself."
    )


def end_message(change: ChangeRequest) -> Message:
    """Tell the requester that a disable is about to end by itself."""
    timer = change.timer
    one = len(change.targets) == 1
    what = subject(change) if one else tokens(_count(change))
    title = "About to be enabled again"
    lasts = "" if timer is None else f"As asked with --for {in_words(timer.lasts)}, "
    at = "" if timer is None or timer.ends_at is None else f" at {moment(timer.ends_at)}"
    they, them = ("it is", "it") if _count(change) == 1 else ("they are", "them")
    told = f"{lasts}{they} enabled again{at}, unless somebody keeps {them} disabled."
    told = f"{told[:1].upper()}{told[1:]}"
    where: Line = []
    if one:
        target = change.targets[0]
        where = joined([code(target.authorization_id)], *whereabouts(target))
    ids = f" ({change.targets[0].authorization_id})" if one else ""
    return Message(
        read_out(f"{title}: {what}{ids}. {told} Change {change.id}."),
        (
            paragraph(
                joined([bold(title)], [plain(what)]),
                where,
                [plain(told)],
                [plain("change "), code(change.id)],
            ),
            buttons.row(buttons.keep(change, action_ids.NOTE)),
        ),
    )


def ended_message(change: ChangeRequest, undo: ChangeRequest | None) -> Message:
    """Let the note that a timer is about to end say what became of that.

    Args:
        change: The disable.
        undo: The change that took it back, or is trying to.
    """
    one = len(change.targets) == 1
    what = subject(change) if one else tokens(len(change.targets))
    title = "Timer stopped" if _stopped_by(change) else "Timer over"
    told, after = [timer_line(change)], timer_mentions(change)
    if undo is not None:
        why = problem_lines(undo.targets[0].problem) if one else [[plain("its message tells why.")]]
        came_to_nothing = undo.state.final and not undo.effective
        told, after = undone_lines(undo, why if came_to_nothing else []), undone_text(undo)
    return Message(
        read_out(f"{title}: {what}.", f"Change {change.id}.", after=after),
        (
            paragraph(
                joined([bold(title)], [plain(what)]),
                *told,
                [plain("change "), code(change.id)],
            ),
        ),
    )


def _count(change: ChangeRequest) -> int:
    """Count the tokens that are enabled again, or would be."""
    return len(awaiting_end(change) or change.in_state(TargetState.DONE) or change.targets)


def _some_active(change: ChangeRequest) -> bool:
    return any(target.active_again is not None for target in change.targets)


def _stays(change: ChangeRequest) -> str:
    if _some_active(change):
        one = _count(change) == 1
        return f"{tokens(_count(change))} {'stays' if one else 'stay'} disabled"
    return "Stays disabled" if _count(change) == 1 else "They stay disabled"


def _active(change: ChangeRequest) -> str:
    """Say that what was to stay disabled is active; not once somebody disables it again."""
    found = [target.active_again for target in change.targets if target.active_again is not None]
    if any(each.again_by is not None for each in found):
        return ""
    return "; the token is active again" if len(found) == 1 else "; the tokens are active again"


def _stopped_by(change: ChangeRequest) -> str:
    return "" if change.timer is None else change.timer.stopped_by
