"""The message of a request whose turn it is: how far it is, or what holds it back."""

from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks import buttons
from bot.slack.blocks.glass import glass_lines, glass_text
from bot.slack.blocks.leaks.aside import to_be_put_back
from bot.slack.blocks.leaks.words import context, context_lines
from bot.slack.blocks.listing import coming, which
from bot.slack.blocks.people import change_text, named_text, provenance
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    paragraph,
    person,
    plain,
    shown,
)
from bot.slack.blocks.several import tally
from bot.slack.blocks.showing import shown_lines, shown_text, what, what_text
from bot.slack.blocks.timers import timer_line, timer_text
from bot.slack.blocks.wording import STOPPING, sentence, subject, under_way


def under_way_message(change: ChangeRequest, note: str = "") -> Message:
    """Say that a request is being carried out, or why it is not although it is its turn."""
    begun = change.state is RequestState.EXECUTING
    if change.held_back:
        title, text = f"Waiting: {what(change)}", f"Waiting: {what_text(change)}"
        in_part = begun and len(change.targets) > 1
        rest = "The rest is sent" if in_part else "Nothing was changed. It is carried out"
        told = [held_back(change), f"{rest} as soon as it can be."]
        if any(target.perhaps_sent for target in change.targets):
            told = [told[0], "What may have been sent before an interruption is being read."]
    else:
        title = text = _title(change)
        told = ["It is being carried out." if begun else "It is carried out next."]
    cancelled = change.cancelled_by
    if cancelled:
        # What was tried, and is not the leaked token, is put back all the same.
        told = [held_back(change)] if change.held_back and to_be_put_back(change) else []
        told += [STOPPING]
    if change.leak is not None:
        told += [to_be_put_back(change)]
    count = tally(change)
    several = begun and len(change.targets) > 1
    so_far = f"So far: {count[:1].lower()}{count[1:]}." if several else ""
    lines: list[Line] = [
        [bold(title)],
        *([] if begun else shown_lines(change)),
        *context_lines(change),
        [plain(so_far)],
        *([plain(each)] for each in told),
        [plain("Cancelled by "), person(cancelled), plain(".")] if cancelled else [],
        timer_line(change),
        *glass_lines(change),
        provenance(change),
        [plain(note)],
    ]
    read = change_text(
        change,
        f"{text}.",
        "" if begun else shown_text(change),
        *context(change),
        so_far,
        *told,
        timer_text(change),
        glass_text(change),
        after=named_text("Cancelled by ", [cancelled] if cancelled else []),
    )
    offered = [] if cancelled else buttons.moving(change)
    return Message(read, (paragraph(*lines), *([buttons.row(*offered)] if offered else [])))


def progress_message(change: ChangeRequest, sent: int) -> Message:
    """Tell how many of a change's PATCHes were sent so far.

    Args:
        change: The request as it was when they began.
        sent: How many since.
    """
    title = _title(change)
    told = f"{sent} of {len(coming(change))} sent."
    return Message(
        change_text(change, f"{title}: {told}"),
        (
            paragraph([bold(title)], [plain(told)], provenance(change)),
            buttons.row(buttons.cancel_the_rest(change)),
        ),
    )


def held_back(change: ChangeRequest, limit: int = LONGEST_TOLD) -> str:
    """Say why a request waits although it is its turn."""
    return sentence(shown(change.held_back, limit))


def _title(change: ChangeRequest) -> str:
    if change.leak is not None and not change.targets:
        return "Looking for a leaked token"
    if change.leak is not None and any(
        not change.leak.named(target.instance) for target in change.targets
    ):
        return f"Trying which of {which(change, len(change.targets))} is the leaked one"
    if len(change.targets) > 1:
        return f"{under_way(change)} {which(change, len(coming(change)))}"
    return f"{under_way(change)} {subject(change)}"
