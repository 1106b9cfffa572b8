"""The modal that asks an approver why a request is denied."""

from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement

from bot.slack.blocks.modal import LONGEST_WORDS, REASON, labelled, modal

"""The block id of the reason."""


def denial_view(change_id: str) -> dict[str, Any]:
    """Ask for a reason."""
    return modal(
        f"Deny change {change_id}",
        InputBlock(
            block_id=REASON,
            label=labelled("Reason"),
            hint=labelled("The requester and everybody in the channel read it."),
            element=PlainTextInputElement(
                action_id=REASON, max_length=LONGEST_WORDS, multiline=True
            ),
        ),
        submit="Deny",
    )
