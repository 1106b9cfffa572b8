"""Response URLs: a way to answer one person's command or press, for a while.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.sandbox.slack.content import check_content
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.replies import RefusedError, Reply
from bot.sandbox.slack.workspace import Workspace

MOST_USES: Final = 5
LIFETIME: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Asked:
    """What a response URL answers; ``original`` is the message whose button was pressed."""

    channel: str
    person: str
    original: Message | None = None


@dataclass
class _Issued:
    asked: Asked
    at: datetime
    uses: int = 0


class ResponseUrls:
    """The response URLs that were given out, by the unguessable end of their path."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._issued: dict[str, _Issued] = {}

    def issue(self, asked: Asked) -> str:
        """Give out a new one and return the end of its path."""
        secret = secrets.token_urlsafe(24)
        self._issued[secret] = _Issued(asked, self._workspace.now())
        return secret

    def respond(self, secret: str, body: Mapping[str, Any]) -> Reply:
        """Do what a post to a response URL says; only what is carried out counts as a use.

        Raises:
            RefusedError: ``used_url`` or ``expired_url`` with 404, or with 400 what is wrong
                with the body.
        """
        issued = self._issued.get(secret)
        if issued is None or self._workspace.now() - issued.at > LIFETIME:
            raise RefusedError("expired_url", status=404)
        if issued.uses >= MOST_USES:
            raise RefusedError("used_url", status=404)
        self._carry_out(issued.asked, body)
        issued.uses += 1
        return Reply({"ok": True})

    def _carry_out(self, asked: Asked, body: Mapping[str, Any]) -> None:
        original = asked.original
        changes = bool(body.get("replace_original") or body.get("delete_original"))
        if original is not None and changes:
            if original.deleted:
                raise RefusedError("message_not_found", status=404)
            if body.get("delete_original"):
                self._workspace.delete(original)
                return
        show(self._workspace, asked, body, original if changes else None)


def show(
    workspace: Workspace,
    asked: Asked,
    body: Mapping[str, Any],
    instead_of: Message | None = None,
) -> Message:
    """Show an answer: to who asked, unless it says ``in_channel``, or instead of a message.

    A message that is replaced keeps its audience: Slack makes no ephemeral message public.

    Raises:
        RefusedError: With 400, what is wrong with the answer's text and blocks.
    """
    try:
        content = check_content(body)
    except RefusedError as error:
        raise RefusedError(str(error), status=400) from error
    if instead_of is not None:
        workspace.edit(instead_of, content.text, content.blocks)
        return instead_of
    in_channel = body.get("response_type") == "in_channel"
    return workspace.post(
        asked.channel,
        content.text,
        content.blocks,
        ephemeral_to=None if in_channel else asked.person,
        thread_ts=body.get("thread_ts") if in_channel else None,
    )
