"""What messages say of a break-glass: which approval it went without, and who has reviewed it."""

from slack_sdk.models.blocks import ButtonElement

from bot.changes.moments import moment
from bot.changes.request import ChangeRequest
from bot.changes.reviewing import reviewable, reviewers
from bot.slack.blocks import buttons
from bot.slack.blocks.people import named, named_text
from bot.slack.blocks.rich import LONGEST_TOLD, Line, mention_text, person, plain, shown


def glass_lines(change: ChangeRequest) -> list[Line]:
    """Say which approval a break-glass went without, and who has reviewed it, or can."""
    glass = change.break_glass
    if glass is None:
        return []
    lines: list[Line] = [[plain(glass_text(change))]]
    if glass.reviewed_at is not None:
        reviewed_at = f" at {moment(glass.reviewed_at)}."
        lines.append([plain("Reviewed by "), person(glass.reviewed_by), plain(reviewed_at)])
    elif reviewable(change):
        lines.append(named("Can review it: ", reviewers(change)))
    return lines


def glass_text(change: ChangeRequest) -> str:
    """Say the same of the approval as a sentence that mentions nobody."""
    glass = change.break_glass
    if glass is None:
        return ""
    needed = shown(glass.needed, LONGEST_TOLD)
    if not change.state.final:
        return f"Break-glass: at once, although {needed}."
    if not change.effective:
        return (
            f"Break-glass: at once, although {needed}. Nothing was changed, so there is nothing to "
            "review."
        )
    open_still = " Not reviewed yet." if change.unreviewed else ""
    return f"Break-glass: disabled at once, although {needed}.{open_still}"


def glass_mentions(change: ChangeRequest) -> str:
    """Name whoever has reviewed a break-glass, or can, as sentences; they must not be escaped."""
    glass = change.break_glass
    if glass is None:
        return ""
    if glass.reviewed_at is not None:
        return f"Reviewed by {mention_text(glass.reviewed_by)} at {moment(glass.reviewed_at)}."
    return named_text("Can review it: ", reviewers(change)) if reviewable(change) else ""


def glass_mark(change: ChangeRequest) -> str:
    """Say in a few words, behind others, that a change was a break-glass."""
    if change.break_glass is None:
        return ""
    return ", by break-glass, not reviewed" if change.unreviewed else ", by break-glass"


def glass_buttons(change: ChangeRequest) -> list[ButtonElement]:
    """Give the button that reviews a break-glass, as long as somebody has to."""
    return [buttons.review(change)] if reviewable(change) else []
