"""What comes of the app's acknowledgement for the person who waits for it.

https://docs.slack.dev/interactivity/implementing-slash-commands#responding_immediate_response
"""

from typing import Any

from bot.sandbox.slack.arguments import parse_json_object
from bot.sandbox.slack.content import check_content
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.outbound import Acknowledgement, Delivery, SignedRequest
from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.response_urls import Asked, show
from bot.sandbox.slack.submissions import TROUBLE, conclude
from bot.sandbox.slack.workspace import Workspace


def deliver(workspace: Workspace, request: SignedRequest, ack: Acknowledgement) -> Delivery:
    """Show what the app acknowledged a request with, and give the delivery as it went.

    Nothing is shown for the acknowledgement of a press, nor for an empty one; that of a submission
    says what becomes of the view.
    """
    if request.submitted is not None:
        reason = conclude(workspace.modals, request.submitted, ack)
        told = None if reason is None else TROUBLE
        return Delivery(ack.status, ack.body, ack.seconds, told, request, reason=reason)
    shown: Message | None = None
    error = ack.error
    if error is None and request.asked is not None and ack.body.strip():
        try:
            answer = _answer(ack)
            shown = _show(workspace, request.asked, request.command, answer)
        except RefusedError:
            error = "invalid_command_response"
    return Delivery(ack.status, ack.body, ack.seconds, error, request, shown)


def _answer(ack: Acknowledgement) -> dict[str, Any]:
    if ack.content_type == "application/json":
        return parse_json_object(ack.body.encode())
    return {"text": ack.body}


def _show(workspace: Workspace, asked: Asked, typed: str | None, answer: dict[str, Any]) -> Message:
    """Show the answer; where it is public, so is the command that the person typed."""
    check_content(answer)
    if answer.get("response_type") == "in_channel" and typed is not None:
        workspace.post(asked.channel, typed, [], user=asked.person)
    return show(workspace, asked, answer)
