"""The Web API: who may call which method, and with what.

https://docs.slack.dev/apis/web-api
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from bot.sandbox.slack import chat, directory, usergroups, views
from bot.sandbox.slack.rate_limits import RateLimits
from bot.sandbox.slack.replies import RefusedError, Reply
from bot.sandbox.slack.scopes import NEEDED, require
from bot.sandbox.slack.socket_mode import OPEN, SocketMode
from bot.sandbox.slack.workspace import Workspace

Method: TypeAlias = Callable[[Workspace, Mapping[str, Any]], dict[str, Any]]

METHODS: Final[Mapping[str, Method]] = {
    "auth.test": directory.auth_test,
    "chat.delete": chat.delete,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.info": directory.conversations_info,
    "conversations.open": directory.conversations_open,
    "usergroups.list": usergroups.list_groups,
    "usergroups.users.list": usergroups.list_members,
    "users.info": directory.users_info,
    "views.open": views.open_view,
    "views.publish": views.publish_view,
    "views.push": views.push_view,
    "views.update": views.update_view,
}


class WebApi:
    """Answers calls of Web API methods from the workspace's state."""

    def __init__(
        self, workspace: Workspace, rate_limits: RateLimits | None, socket_mode: SocketMode
    ) -> None:
        self._workspace = workspace
        self._rate_limits = rate_limits
        self._socket_mode = socket_mode

    def call(self, method: str, arguments: Mapping[str, Any], token: str) -> Reply:
        """Answer a call, refusals included.

        Args:
            method: The method's name.
            arguments: Its arguments without the token.
            token: The token that came with it, or nothing.
        """
        try:
            return self._answer(method, arguments, token)
        except RefusedError as error:
            return error.reply

    def _answer(self, method: str, arguments: Mapping[str, Any], token: str) -> Reply:
        if method not in {*METHODS, OPEN}:
            raise RefusedError("unknown_method")
        if not token:
            raise RefusedError("not_authed")
        installation = self._workspace.installation
        if method != OPEN and token.startswith("xapp-"):
            # No page says whether the kind or the validity is judged first.
            raise RefusedError("not_allowed_token_type")
        if method != OPEN and token != installation.bot_token:
            raise RefusedError("invalid_auth")
        if (seconds := self._seconds_to_wait(method, arguments)) > 0:
            return Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})
        if method == OPEN:
            return Reply({"ok": True, **self._socket_mode.open(token)})
        headers = {"x-oauth-scopes": ",".join(sorted(installation.scopes))}
        try:
            if method in NEEDED:
                headers["x-accepted-oauth-scopes"] = NEEDED[method]
                require(installation, NEEDED[method])
            answer = METHODS[method](self._workspace, arguments)
        except RefusedError as error:
            return Reply(error.reply.body, error.reply.status, headers)
        return Reply({"ok": True, **answer}, headers=headers)

    def _seconds_to_wait(self, method: str, arguments: Mapping[str, Any]) -> int:
        if self._rate_limits is None:
            return 0
        channel = str(arguments.get("channel"))
        return self._rate_limits.seconds_to_wait(method, channel, self._workspace.now())
