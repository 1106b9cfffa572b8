from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, InteractiveElement

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest


class ActionId(StrEnum):
    """What a button stands for. All state is in the database; a value only names it."""

    UNDO_CHANGE = "undo_change"
    SHOW_TOKEN = "show_token"  # noqa: S105 - the name of an action
    DISABLE_TOKEN = "disable_token"  # noqa: S105 - the name of an action
    ENABLE_TOKEN = "enable_token"  # noqa: S105 - the name of an action
    PAGE_LIST = "page_list"


def row(*buttons: ButtonElement) -> dict[str, Any]:
    """Put buttons side by side."""
    elements: list[dict[str, Any] | InteractiveElement] = list(buttons)
    return ActionsBlock(elements=elements).to_dict()


def undo(change: ChangeRequest) -> ButtonElement:
    """Give the button that restores what was before a change."""
    return ButtonElement(
        text="Undo",
        action_id=ActionId.UNDO_CHANGE,
        value=change.id,
        accessibility_label=f"Undo change {change.id}",
    )


def details(instance: str, authorization_id: str, text: str = "Details") -> ButtonElement:
    """Give the button that shows everything about a token."""
    return ButtonElement(
        text=text,
        action_id=ActionId.SHOW_TOKEN,
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
