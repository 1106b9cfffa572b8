"""The modal into which a leaked secret goes."""

from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
)

from bot.slack.blocks.modal import LONGEST_WORDS, REASON, labelled, modal

SECRET, FOUND_IN, OTHERS = "secret", "found_in", "others"
"""The block ids of the fields."""


def leak_view() -> dict[str, Any]:
    """Ask for the secret, where it was found, and what is to be done beside."""
    return modal(
        "Report a leaked token",
        InputBlock(
            block_id=SECRET,
            label=labelled("The leaked token"),
            hint=labelled(
                "White space, quotes and a Token or Bearer before it are taken off. It is held in "
                "the bot's memory for this case alone, stored nowhere and shown to nobody."
            ),
            # Whatever is longer than a token is refused, not cut: half of one is found nowhere.
            element=PlainTextInputElement(action_id=SECRET, multiline=False),
        ),
        InputBlock(
            block_id=FOUND_IN,
            label=labelled("Where it was found"),
            hint=labelled("Such as a link to it. Everybody who sees the case reads it."),
            element=PlainTextInputElement(action_id=FOUND_IN, max_length=LONGEST_WORDS),
        ),
        InputBlock(
            block_id=REASON,
            label=labelled("Reason"),
            hint=labelled("Everybody who sees the case reads it."),
            optional=True,
            element=PlainTextInputElement(
                action_id=REASON, max_length=LONGEST_WORDS, multiline=True
            ),
        ),
        InputBlock(
            block_id=OTHERS,
            label=labelled("Other tokens of its owner"),
            optional=True,
            element=CheckboxesElement(
                action_id=OTHERS,
                options=[
                    Option(value=OTHERS, text=labelled("Also disable every other active one"))
                ],
            ),
        ),
        submit="Find and disable it",
    )
