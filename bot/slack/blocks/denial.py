"""The modal that asks an approver why a request is denied."""

import json
from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from bot.slack.blocks.rich import Message

CALLBACK_ID = "deny_change"
REASON_BLOCK = "reason"
_REASON_ACTION = "reason"
_LONGEST_REASON = 500


def denial_view(change_id: str, channel_id: str) -> dict[str, Any]:
    """Ask for a reason; the metadata only names the request and the channel.

    Source: https://docs.slack.dev/reference/views/modal-views
    """
    view = View(
        type="modal",
        callback_id=CALLBACK_ID,
        title=f"Deny change {change_id}",
        submit="Deny",
        close="Cancel",
        private_metadata=json.dumps({"change": change_id, "channel": channel_id}),
        blocks=[
            InputBlock(
                block_id=REASON_BLOCK,
                label="Reason",
                hint="The requester and everybody in the channel read it.",
                element=PlainTextInputElement(
                    action_id=_REASON_ACTION, max_length=_LONGEST_REASON, multiline=True
                ),
            )
        ],
    )
    return view.to_dict()


def told_view(message: Message) -> dict[str, Any]:
    """Say in the modal what came of its submission, where that is not what was asked for."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Not denied"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(message.blocks),
    }
