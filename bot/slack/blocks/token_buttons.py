"""The buttons of one token, which name it by its instance and id."""

from slack_sdk.models.blocks import ButtonElement

from bot.changes.authorization import Authorization
from bot.slack.blocks.action_ids import ActionId


def details(
    instance: str, authorization_id: str, text: str = "Details", place: int | None = None
) -> ButtonElement:
    """Give the button that shows everything about a token; of several, each has its place."""
    label = f"Show token {authorization_id}{'' if place is None else f' on {instance}'}"
    action_id = ActionId.SHOW_TOKEN if place is None else f"{ActionId.SHOW_TOKEN}:{place}"
    return _of_token(instance, authorization_id, action_id, text, label)


def details_modal(instance: str, authorization_id: str) -> ButtonElement:
    """Give the button that shows everything about a token in a modal."""
    label = f"Show token {authorization_id}"
    return _of_token(instance, authorization_id, ActionId.TOKEN_DETAILS, "Details", label)


def toggle(instance: str, token: Authorization) -> ButtonElement:
    """Give the button that disables an active token, or enables an inactive one."""
    text, action_id = (
        ("Disable", ActionId.DISABLE_TOKEN) if token.active else ("Enable", ActionId.ENABLE_TOKEN)
    )
    return _of_token(instance, token.id, action_id, text, f"{text} token {token.id}")


def disable(instance: str, token: Authorization, text: str) -> ButtonElement:
    """Give the button that disables a token wherever it is found, not in a list."""
    label = f"Disable token {token.id}"
    return _of_token(instance, token.id, ActionId.DISABLE_TOKEN, text, label, style="danger")


def disable_with_reason(instance: str, authorization_id: str) -> ButtonElement:
    """Give the button that asks why a token is to be disabled, and disables it then."""
    label = f"Disable token {authorization_id}, with a reason"
    return _of_token(instance, authorization_id, ActionId.DISABLE_WITH_REASON, "Disable…", label)


def describe(instance: str, authorization_id: str) -> ButtonElement:
    """Give the button that opens the form for a token's description."""
    label = f"Edit the description of token {authorization_id}"
    return _of_token(instance, authorization_id, ActionId.DESCRIBE_TOKEN, "Edit description", label)


def _of_token(
    instance: str,
    authorization_id: str,
    action_id: str,
    text: str,
    label: str,
    *,
    style: str | None = None,
) -> ButtonElement:
    return ButtonElement(
        text=text,
        action_id=action_id,
        value=f"{instance}:{authorization_id}",
        style=style,
        accessibility_label=label,
    )
