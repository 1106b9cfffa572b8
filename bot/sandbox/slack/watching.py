"""What tests look at: what people see in a workspace, and what the app called."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from bot.sandbox.changes import StateChanges
from bot.sandbox.slack.journal import ApiCall
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.replies import Reply
from bot.sandbox.slack.workspace import Workspace

T = TypeVar("T")


class WatchedWorkspace:
    """A workspace, and the journal of what the app called."""

    def __init__(self, workspace: Workspace, changed: StateChanges) -> None:
        self.workspace = workspace
        self.changed = changed
        self.journal: list[ApiCall] = []

    def visible_to(self, user: str, channel: str) -> list[Message]:
        """Give what a person sees in a channel: its messages and their own ephemeral ones."""
        return self.workspace.visible_to(user, channel)

    def messages(self, channel: str) -> list[Message]:
        """Give the messages that everybody in a channel sees."""
        return [m for m in self.workspace.messages_in(channel) if m.ephemeral_to is None]

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """Give the messages that one person alone sees, everywhere or in one channel."""
        found = self.workspace.all_messages()
        return [m for m in found if m.ephemeral_to == user and channel in {None, m.channel}]

    def direct_messages(self, user: str) -> list[Message]:
        """Give the messages between the app and a person."""
        return self.messages(self.workspace.direct_channel(user).id)

    def open_view(self, user: str) -> View | None:
        """Give the modal's view that a person has in front of them."""
        return self.workspace.modals.in_front_of(user)

    def wait_for(self, condition: Callable[[], T], timeout: float = 20) -> Awaitable[T]:
        """Wait until something is so in the workspace or the journal, and give what it is.

        Args:
            condition: Looks at the state; woken by each of its changes.
            timeout: Seconds to wait at most.

        Raises:
            TimeoutError: If it does not become so, with a list of what is there.
        """
        return self.changed.until(condition, timeout, self._describe)

    def _record(self, method: str, arguments: Mapping[str, Any], reply: Reply) -> None:
        now = self.workspace.now()
        self.journal.append(ApiCall(method, arguments, reply.body, now, reply.status))
        self.changed.announce()

    def _describe(self) -> str:
        messages = [
            f"{m.channel} {m.ts} {m.user}"
            f"{f' to {m.ephemeral_to} alone' if m.ephemeral_to else ''}: {m.text!r}"
            for m in self.workspace.all_messages()
        ]
        views = [f"{v.id} {v.person}: {v.title!r}" for v in self.workspace.modals.open_views()]
        calls = [f"{call.method} -> {call.status} {dict(call.answer)}" for call in self.journal]
        return "\n".join(messages + views + calls[-10:]) or "nothing"
