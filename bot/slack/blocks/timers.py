"""A disable that ends by itself: when, who has stopped that, and that it is near."""

from bot.changes.duration import in_words
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.slack.blocks import buttons
from bot.slack.blocks.people import named_text
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
from bot.slack.blocks.wording import moment, subject, tokens, whereabouts


def runs(change: ChangeRequest) -> bool:
    """Tell whether a change is going to end by itself."""
    return change.timer is not None and change.timer.ends_at is not None


def timer_line(change: ChangeRequest) -> Line:
    """Say when a disable ends by itself, or who has stopped that; nothing without a timer."""
    timer = change.timer
    if timer is not None and timer.stopped_by:
        return [
            plain(f"{_stays(change)}: "),
            person(timer.stopped_by),
            plain(" stopped the timer."),
        ]
    return [plain(timer_words(change))]


def timer_text(change: ChangeRequest) -> str:
    """Say in a top-level text when a disable ends by itself."""
    return "" if _stopped_by(change) else timer_words(change)


def timer_mentions(change: ChangeRequest) -> str:
    """Say in a top-level text who has stopped a timer."""
    who = _stopped_by(change)
    return named_text(f"{_stays(change)}; timer stopped by ", [who] if who else [])


def timer_words(change: ChangeRequest) -> str:
    """Say when a disable ends by itself; nothing if it does not."""
    timer = change.timer
    if timer is None:
        return ""
    itself = "itself" if _count(change) == 1 else "themselves"
    if timer.ends_at is not None:
        return f"To be enabled again by {itself} at {moment(timer.ends_at)}."
    if not change.state.final:
        return f"To be enabled again by {itself} after {in_words(timer.lasts)}."
    return ""


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
            buttons.row(buttons.keep(change)),
        ),
    )


def _count(change: ChangeRequest) -> int:
    """Count the tokens that are enabled again, or would be."""
    ended = change.in_state(TargetState.DONE)
    return len(ended or change.targets)


def _stays(change: ChangeRequest) -> str:
    return "Stays disabled" if _count(change) == 1 else "They stay disabled"


def _stopped_by(change: ChangeRequest) -> str:
    return "" if change.timer is None else change.timer.stopped_by
