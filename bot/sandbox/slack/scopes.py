"""Which scopes the app needs for which method.

https://docs.slack.dev/reference/methods
"""

from collections.abc import Mapping
from typing import Final

from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.workspace import Channel, Installation

DEFAULT_SCOPES: Final = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "im:write",
    "channels:read",
    "groups:read",
)

NEEDED: Final[Mapping[str, str]] = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.open": "im:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
}
"""Methods that need one scope whatever they are asked; ``conversations.info`` depends."""


def require(installation: Installation, scope: str) -> None:
    """Refuse if the app was not granted this scope.

    Raises:
        RefusedError: ``missing_scope``, with what is needed and what was provided.
    """
    if scope not in installation.scopes:
        provided = ",".join(sorted(installation.scopes))
        raise RefusedError("missing_scope", needed=scope, provided=provided)


def scope_to_read(channel: Channel | None) -> str:
    """Name the scope with which ``conversations.info`` shows such a channel."""
    if channel is None:
        return "channels:read"
    if channel.is_im:
        return "im:read"
    return "groups:read" if channel.is_private else "channels:read"
