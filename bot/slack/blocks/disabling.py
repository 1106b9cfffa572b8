"""The modal that asks why a token is disabled."""

from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement

from bot.slack.blocks.modal import LONGEST_WORDS, REASON, labelled, modal
from bot.slack.blocks.rich import code, joined, paragraph, plain, shown

"""The block id of the reason."""


def disabling_view(instance: str, authorization_id: str) -> dict[str, Any]:
    """Name the token, say what disabling does, and ask for a reason."""
    return modal(
        "Disable token",
        paragraph(
            joined([code(shown(authorization_id))], [plain(shown(instance))]),
            [plain("InfluxDB refuses it from the next request on. Undo restores it.")],
        ),
        InputBlock(
            block_id=REASON,
            label=labelled("Reason"),
            hint=labelled("Everybody who sees the change reads it."),
            optional=True,
            element=PlainTextInputElement(
                action_id=REASON, max_length=LONGEST_WORDS, multiline=True
            ),
        ),
        submit="Disable",
    )
