"""The buttons of a change: what people do with it, and how buttons stand side by side."""

from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    InteractiveElement,
    PlainTextObject,
)

from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.undoing import disabled_again
from bot.changes.update import ChangeKind
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.wording import tokens, verb

_ON = {
    ChangeKind.DISABLE: "Disable",
    ChangeKind.ENABLE: "Enable",
    ChangeKind.DESCRIBE: "Describe",
}


def row(*buttons: ButtonElement) -> dict[str, Any]:
    """Put buttons side by side."""
    elements: list[dict[str, Any] | InteractiveElement] = list(buttons)
    return ActionsBlock(elements=elements).to_dict()


def undo(change: ChangeRequest) -> ButtonElement:
    """Give the button that restores what was before a change."""
    later = disabled_again(change)
    done = change.in_state(TargetState.DONE)
    count = sum(target.key not in later for target in done)
    text, label = "Undo", f"Undo change {change.id}"
    if len(change.targets) > 1 and not (change.leak is not None and count == 1):
        # What a report has tried or left alone is no part of what it has changed.
        text, label = f"Undo {count}", f"{label} of {tokens(count)}"
    return _of_change(change, ActionId.UNDO_CHANGE, text, label)


def retry(change: ChangeRequest) -> ButtonElement:
    """Give the button that tries what failed once more."""
    count = len(change.in_state(TargetState.FAILED))
    text, label = "Retry", f"Retry change {change.id}"
    if len(change.targets) > 1:
        text, label = f"Retry {count}", f"{label} for the {tokens(count)} that failed"
    return _of_change(change, ActionId.RETRY_CHANGE, text, label)


def keep(change: ChangeRequest, place: str = "") -> ButtonElement:
    """Give the button that stops the timer of a disable; its place says in what it stands."""
    action_id = ActionId.CANCEL_CHANGE
    return ButtonElement(
        text="Keep disabled",
        action_id=f"{action_id}:{place}" if place else action_id,
        value=change.id,
        accessibility_label=f"Keep disabled: stop the timer of change {change.id}",
    )


def disable_again(change: ChangeRequest, number: int) -> ButtonElement:
    """Give the button that disables again what was found active; its place names the drift."""
    count = len(change.drifted(number))
    text, label = "Disable again", f"Disable again the token of change {change.id}"
    if len(change.targets) > 1:
        text, label = (
            f"Disable {count} again",
            f"Disable {tokens(count)} of change {change.id} again",
        )
    return ButtonElement(
        text=text,
        action_id=f"{ActionId.DISABLE_AGAIN}:{number}" if number else ActionId.DISABLE_AGAIN,
        value=change.id,
        style="danger",
        accessibility_label=label,
    )


def review(change: ChangeRequest) -> ButtonElement:
    """Give the button with which an approver says that they have looked at a break-glass."""
    return ButtonElement(
        text="Review",
        action_id=ActionId.REVIEW_CHANGE,
        value=change.id,
        accessibility_label=f"Review change {change.id}, which was done by break-glass",
        confirm=ConfirmObject(
            title=PlainTextObject(text="Have you reviewed it?"),
            text=PlainTextObject(
                text=(
                    "This records that you have looked at what was done and why. It is no "
                    "approval, and changes no token. To take the change back, use Undo."
                )
            ),
            confirm=PlainTextObject(text="Reviewed"),
            deny=PlainTextObject(text="Not yet"),
        ),
    )


def cancel_the_rest(change: ChangeRequest) -> ButtonElement:
    """Give the button that stops what is not sent yet."""
    label = f"Cancel what is not sent yet of change {change.id}"
    return _of_change(change, ActionId.CANCEL_CHANGE, "Cancel the rest", label)


def moving(change: ChangeRequest) -> list[ButtonElement]:
    """Give the buttons with which people move on a request as it stands."""
    match change.state:
        case RequestState.PREVIEWED if change.choices:
            offered = [
                _choose(change, choice.instance, place)
                for place, choice in enumerate(change.choices)
            ]
            return [*offered, _cancel(change)]
        case RequestState.PREVIEWED if change.to_be_ordered:
            return ordering(change)
        case RequestState.PREVIEWED:
            return [_confirm(change), _cancel(change)]
        case RequestState.AWAITING_APPROVAL:
            return [_approve(change), _deny(change), _cancel(change)]
        case RequestState.ACCEPTED:
            return [_cancel(change)]
        case RequestState.EXECUTING:
            return [cancel_the_rest(change) if change.several else _cancel(change)]
        case _:
            return []


def ordering(change: ChangeRequest) -> list[ButtonElement]:
    """Give the buttons under the list of tokens that may be the leaked one."""
    label = f"Disable the tokens of change {change.id} in this order, until it is found"
    start = _of_change(
        change, ActionId.CONFIRM_CHANGE, "Disable in this order", label, style="primary"
    )
    return [start, _cancel(change)]


def _confirm(change: ChangeRequest) -> ButtonElement:
    label = f"Confirm change {change.id}: {_does(change)}"
    return _of_change(change, ActionId.CONFIRM_CHANGE, "Confirm", label, style="primary")


def _approve(change: ChangeRequest) -> ButtonElement:
    label = f"Approve change {change.id}: {_does(change)}"
    return _of_change(change, ActionId.APPROVE_CHANGE, "Approve", label, style="primary")


def _deny(change: ChangeRequest) -> ButtonElement:
    label = f"Deny change {change.id}, with a reason"
    return _of_change(change, ActionId.DENY_CHANGE, "Deny", label)


def _cancel(change: ChangeRequest) -> ButtonElement:
    return _of_change(change, ActionId.CANCEL_CHANGE, "Cancel", f"Cancel change {change.id}")


def _choose(change: ChangeRequest, instance: str, place: int) -> ButtonElement:
    """Say which instance's token is meant; each has its place in its row."""
    text = f"{_ON[change.kind]} on {instance}"
    return ButtonElement(
        text=text,
        action_id=f"{ActionId.CONFIRM_CHANGE}:{place}",
        value=f"{change.id}:{instance}",
        accessibility_label=f"{text}, change {change.id}",
    )


def _does(change: ChangeRequest) -> str:
    coming = len([target for target in change.targets if not target.state.final])
    return f"{verb(change)} {tokens(coming)}"


def _of_change(
    change: ChangeRequest, action: ActionId, text: str, label: str, style: str | None = None
) -> ButtonElement:
    return ButtonElement(
        text=text,
        action_id=action,
        value=change.id,
        style=style,
        accessibility_label=label,
    )
