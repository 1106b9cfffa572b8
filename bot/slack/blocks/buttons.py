from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, InteractiveElement

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest


class ActionId(StrEnum):
    """What a button stands for. All state is in the database; a value only names it."""

    UNDO_CHANGE = "undo_change"
    APPROVE_CHANGE = "approve_change"
    DENY_CHANGE = "deny_change"
    CONFIRM_CHANGE = "confirm_change"
    CANCEL_CHANGE = "cancel_change"
    RETRY_CHANGE = "retry_change"
    SHOW_TOKEN = "show_token"  # noqa: S105 - the name of an action
    DISABLE_TOKEN = "disable_token"  # noqa: S105 - the name of an action
    ENABLE_TOKEN = "enable_token"  # noqa: S105 - the name of an action
    PAGE_LIST = "page_list"


def row(*buttons: ButtonElement) -> dict[str, Any]:
    """Put buttons side by side."""
    elements: list[dict[str, Any] | InteractiveElement] = list(buttons)
    return ActionsBlock(elements=elements).to_dict()


def undo(change: ChangeRequest, text: str = "Undo") -> ButtonElement:
    """Give the button that restores what was before a change."""
    return _of_change(change, ActionId.UNDO_CHANGE, text, "Undo")


def retry(change: ChangeRequest, text: str = "Retry") -> ButtonElement:
    """Give the button that tries what failed once more."""
    return _of_change(change, ActionId.RETRY_CHANGE, text, "Retry what failed of")


def approve(change: ChangeRequest) -> ButtonElement:
    """Give the button with which an approver agrees."""
    return _of_change(change, ActionId.APPROVE_CHANGE, "Approve", "Approve", style="primary")


def deny(change: ChangeRequest) -> ButtonElement:
    """Give the button with which an approver says no; it asks for a reason."""
    return _of_change(change, ActionId.DENY_CHANGE, "Deny", "Deny")


def confirm(change: ChangeRequest) -> ButtonElement:
    """Give the button with which the requester lets happen what is shown."""
    return _of_change(change, ActionId.CONFIRM_CHANGE, "Confirm", "Confirm", style="primary")


def choose(change: ChangeRequest, instance: str, place: int) -> ButtonElement:
    """Give the button that says which instance's token is meant; each has its place in its row."""
    return ButtonElement(
        text=f"On {instance}",
        action_id=f"{ActionId.CONFIRM_CHANGE}:{place}",
        value=f"{change.id}:{instance}",
        accessibility_label=f"Change the token on {instance}, change {change.id}",
    )


def cancel(change: ChangeRequest, text: str = "Cancel") -> ButtonElement:
    """Give the button that stops what has not begun."""
    return _of_change(change, ActionId.CANCEL_CHANGE, text, text)


def details(
    instance: str, authorization_id: str, text: str = "Details", place: int | None = None
) -> ButtonElement:
    """Give the button that shows everything about a token; of several, each has its place."""
    return ButtonElement(
        text=text,
        action_id=ActionId.SHOW_TOKEN if place is None else f"{ActionId.SHOW_TOKEN}:{place}",
        value=f"{instance}:{authorization_id}",
        accessibility_label=f"Show token {authorization_id}",
    )


def toggle(instance: str, token: Authorization) -> ButtonElement:
    """Give the button that disables an active token, or enables an inactive one."""
    verb, action_id = (
        ("Disable", ActionId.DISABLE_TOKEN) if token.active else ("Enable", ActionId.ENABLE_TOKEN)
    )
    return ButtonElement(
        text=verb,
        action_id=action_id,
        value=f"{instance}:{token.id}",
        accessibility_label=f"{verb} token {token.id}",
    )


def page(text: str, query_id: str, place: int) -> ButtonElement:
    """Give a button that turns a list's page; two stand in one row, so each has its place."""
    return ButtonElement(text=text, action_id=f"{ActionId.PAGE_LIST}:{place}", value=query_id)


def _of_change(
    change: ChangeRequest, action: ActionId, text: str, verb: str, style: str | None = None
) -> ButtonElement:
    return ButtonElement(
        text=text,
        action_id=action,
        value=change.id,
        style=style,
        accessibility_label=f"{verb} change {change.id}",
    )
