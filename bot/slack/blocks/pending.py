"""What waits, as one person alone sees it, with the buttons that move it on."""

from typing import Any

from bot.changes.moments import clock_time
from bot.changes.record_queries import Pending
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks import buttons
from bot.slack.blocks.glass import glass_buttons, glass_text
from bot.slack.blocks.leaks.order import order_as_listed
from bot.slack.blocks.people import named_text, provenance, tie
from bot.slack.blocks.rich import LONGEST_SHOWN, Message, bold, escaped, paragraph, plain, quoted
from bot.slack.blocks.timers import runs, timer_words
from bot.slack.blocks.under_way import held_back
from bot.slack.blocks.wording import MORE_ARE_NEWER, subject, under_way, verb

# Twelve of them stay below what Slack takes in the text of an edit.
_LONGEST_LINE = 250


def pending_message(pending: Pending) -> Message:
    """List what waits, the oldest first."""
    title = _title(len(pending.requests), more=pending.more)
    blocks: list[dict[str, Any]] = [paragraph([bold(title)])]
    texts = [title]
    for change in pending.requests:
        does, how_far = head(change), f"{stands(change)} {order_as_listed(change)}".strip()
        blocks.append(paragraph([bold(does)], [plain(how_far)], provenance(change)))
        offered = [buttons.keep(change)] if runs(change) else buttons.moving(change)
        offered += glass_buttons(change)
        blocks += [buttons.row(*offered)] if offered else []
        reason = f" Reason: {quoted(change.reason)}." if change.reason else ""
        said = escaped(f"{does}. {how_far} Change {change.id}{tie(change)}.{reason}", _LONGEST_LINE)
        texts.append(f"{said} {named_text('By ', [change.requester.user_id])}")
    if pending.more:
        blocks.append(paragraph([plain(MORE_ARE_NEWER)]))
        texts.append(MORE_ARE_NEWER)
    return Message("\n".join(texts), tuple(blocks))


def _title(count: int, *, more: bool) -> str:
    if count == 0:
        return "Nothing waits"
    at_least = "More than " if more else ""
    return f"{at_least}{count} changes wait" if count > 1 else f"{at_least}1 change waits"


def head(change: ChangeRequest) -> str:
    """Say in one line what a change that is not over does."""
    if change.state in {RequestState.EXECUTING, RequestState.UNRESOLVED}:
        return f"{under_way(change)} {subject(change)}"
    return f"{verb(change).capitalize()} {subject(change)}"


def stands(change: ChangeRequest) -> str:
    """Say what a change that is not over waits for, or how far it is."""
    until = "" if change.expires_at is None else f", until {clock_time(change.expires_at)}"
    if change.held_back:
        return held_back(change, LONGEST_SHOWN)
    match change.state:
        case RequestState.AWAITING_APPROVAL:
            approval = change.approval
            votes = (
                "" if approval is None else f": {len(approval.votes)} of {approval.quorum} votes"
            )
            return f"Waits for approval{votes}{until}."
        case RequestState.PREVIEWED:
            return f"Waits for its requester to {_answer(change)}{until}."
        case RequestState.ACCEPTED:
            return "Is carried out next."
        case RequestState.UNRESOLVED:
            return "Its outcome is not known yet; the bot keeps reading."
        case RequestState.FINISHED:
            return f"Done. {timer_words(change)}{glass_text(change)}".strip()
        case _:
            return "Is being carried out."


def _answer(change: ChangeRequest) -> str:
    """Say what the requester of a preview is asked for."""
    if change.choices:
        return "say on which instance"
    return "say which token is tried first" if change.to_be_ordered else "confirm it"
