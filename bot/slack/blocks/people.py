"""Who asked, who agreed, who can help: mentions of people and user groups."""

from collections.abc import Sequence

from bot.changes.policy import is_group
from bot.changes.request import ChangeRequest
from bot.slack.blocks.rich import (
    Line,
    code,
    joined,
    mention,
    mention_text,
    person,
    plain,
    quoted,
    read_out,
    shown,
)

# A mention rings somebody's telephone, and a list of fifty helps nobody.
_NAMED = 10


def named(words: str, ids: Sequence[str]) -> Line:
    """Mention people and user groups behind some words; nothing if there are none."""
    if not ids:
        return []
    elements = [plain(words)]
    for place, each in enumerate(ids[:_NAMED]):
        elements += [plain(", ")] if place else []
        elements.append(mention(each) if is_group(each) else person(each))
    return [*elements, plain(_more(ids))]


def named_text(words: str, ids: Sequence[str]) -> str:
    """Do the same as a sentence of a top-level text; it must not be escaped."""
    if not ids:
        return ""
    return f"{words}{', '.join(map(mention_text, ids[:_NAMED]))}{_more(ids)}."


def provenance(change: ChangeRequest) -> Line:
    """Say who asked, why, under which id, and who agreed."""
    reason = [plain(quoted(change.reason))] if change.reason else []
    typed = f", {_typed(change)}" if change.typed_by else ""
    return joined(
        [plain("by "), person(change.requester.user_id), plain(typed)],
        reason,
        [plain("change "), code(change.id), plain(tie(change))],
        named("approved by ", _voters(change)),
    )


def change_text(change: ChangeRequest, *sentences: str, after: str = "") -> str:
    """Make a top-level text about a request, with who asked, why, under which id, who agreed.

    Args:
        change: The request.
        sentences: What is said of it.
        after: Further sentences that mention people.
    """
    mentions = (
        named_text("By ", [change.requester.user_id]),
        named_text("Approved by ", _voters(change)),
        after,
    )
    return read_out(
        *sentences,
        f"Reason: {quoted(change.reason)}." if change.reason else "",
        f"{_typed(change).capitalize()}." if change.typed_by else "",
        f"Change {change.id}{tie(change)}.",
        after=" ".join(each for each in mentions if each),
    )


def tie(change: ChangeRequest) -> str:
    """Name the change that this one takes back, tries or does again, or that led to it."""
    if change.undo_of is not None:
        return f", undo of {change.undo_of}"
    if change.again_of is not None:
        return f", again after {change.again_of}"
    if change.leak_of is not None:
        return f", after the leak of {change.leak_of}"
    return "" if change.retry_of is None else f", retry of {change.retry_of}"


def _typed(change: ChangeRequest) -> str:
    """Say who has typed it in the requester's name."""
    return f"typed on this bot's own machine by {shown(change.typed_by)}"


def _voters(change: ChangeRequest) -> list[str]:
    """List who agreed to a request; nobody if nobody had to, or not enough did."""
    approval = change.approval
    if approval is None or approval.granted_at is None:
        return []
    return [vote.voter.user_id for vote in approval.votes]


def _more(ids: Sequence[str]) -> str:
    return f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""


def stopped_by(change: ChangeRequest) -> str:
    """Name whoever cancelled a change that is over; empty if there was nothing left to cancel."""
    left = any(not target.state.effective for target in change.targets)
    return change.cancelled_by if left else ""
