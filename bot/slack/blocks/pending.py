"""What waits, as one person alone sees it, with the buttons that move it on."""

from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.changes.queries import Pending
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks import buttons
from bot.slack.blocks.rich import Message, bold, escaped, paragraph, plain
from bot.slack.blocks.wording import (
    clock_time,
    moment,
    provenance,
    subject,
    under_way,
    verb,
)


def pending_message(pending: Pending) -> Message:
    """List what waits, the oldest first."""
    title = _title(len(pending.requests))
    blocks: list[dict[str, Any]] = [paragraph([bold(title)])]
    texts = [title]
    for change in pending.requests:
        head, why = _head(change), _why(change)
        blocks.append(paragraph([bold(head)], [plain(why)], provenance(change)))
        offered = _offered(change)
        blocks += [buttons.row(*offered)] if offered else []
        texts.append(f"{head}: {why} Change {change.id}.")
    if pending.more:
        more = "There are more; these are the oldest."
        blocks.append(paragraph([plain(more)]))
        texts.append(more)
    return Message(escaped("\n".join(texts)), tuple(blocks))


def _title(count: int) -> str:
    if count == 0:
        return "Nothing waits"
    return "1 change waits" if count == 1 else f"{count} changes wait"


def _head(change: ChangeRequest) -> str:
    if change.state in {RequestState.EXECUTING, RequestState.UNRESOLVED}:
        return f"{under_way(change)} {subject(change)}"
    return f"{verb(change).capitalize()} {subject(change)}"


def _why(change: ChangeRequest) -> str:
    until = "" if change.expires_at is None else f" until {clock_time(change.expires_at)}"
    if change.held_back:
        return f"Waits, since {change.held_back}."
    match change.state:
        case RequestState.AWAITING_APPROVAL:
            approval = change.approval
            votes = (
                "" if approval is None else f", {len(approval.votes)} of {approval.quorum} votes"
            )
            return f"Waits for approval{until}{votes}."
        case RequestState.PREVIEWED:
            return f"Waits for its requester to confirm it{until}."
        case RequestState.UNRESOLVED:
            return "Its outcome is not known yet; the bot keeps reading."
        case RequestState.FINISHED:
            timer = change.timer
            at = "" if timer is None or timer.ends_at is None else f" at {moment(timer.ends_at)}"
            return f"Enabled again by itself{at}."
        case _:
            return "Is under way."


def _offered(change: ChangeRequest) -> list[ButtonElement]:
    if change.state is RequestState.AWAITING_APPROVAL:
        return [buttons.approve(change), buttons.deny(change), buttons.cancel(change)]
    if change.state is RequestState.PREVIEWED and not change.choices:
        return [buttons.confirm(change), buttons.cancel(change)]
    if change.state is RequestState.PREVIEWED:
        offered = [
            buttons.choose(change, choice.instance, place)
            for place, choice in enumerate(change.choices)
        ]
        return [*offered, buttons.cancel(change)]
    if change.state is RequestState.FINISHED:
        return [buttons.cancel(change, "Keep disabled")]
    if change.state is RequestState.UNRESOLVED:
        return []
    several = change.state is RequestState.EXECUTING
    return [buttons.cancel(change, "Cancel the rest" if several else "Cancel")]
