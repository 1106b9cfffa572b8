"""The modal in which a token's description is edited."""

from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement

from bot.changes.authorization import Authorization
from bot.changes.secret import MASK, holds_secret
from bot.commands.grammar import LONGEST_TEXT
from bot.slack.blocks.modal import labelled, modal
from bot.slack.blocks.rich import bold, code, joined, paragraph, plain, shown
from bot.slack.blocks.wording import name_of

DESCRIPTION = "description"
"""The block id of the description."""
TITLE = "Edit description"


def describing_view(instance: str, token: Authorization) -> dict[str, Any]:
    """Show a token and its description, to be edited as it is."""
    hint = _not_shown(token.description)
    return modal(
        TITLE,
        paragraph(
            [bold(name_of(token))],
            joined([code(token.id)], [plain(token.status.value)], [plain(instance)]),
            [plain(f"Owner {shown(token.user)}, organisation {shown(token.org)}")],
        ),
        InputBlock(
            block_id=DESCRIPTION,
            label=labelled("Description"),
            hint=None if hint is None else labelled(hint),
            element=PlainTextInputElement(
                action_id=DESCRIPTION,
                initial_value=None if hint else token.description or None,
                max_length=LONGEST_TEXT,
                multiline=True,
            ),
        ),
        submit="Save",
    )


def _not_shown(description: str) -> str | None:
    """Say why the present description cannot be edited, but only replaced; None if it can be."""
    if len(description) > LONGEST_TEXT:
        return (
            f"The present one has {len(description):,} characters, and a form holds "
            f"{LONGEST_TEXT:,}. What you write takes its place."
        )
    if MASK in description or holds_secret(description):
        return (
            "The present one is not shown: it holds what looks like a secret. What you write takes "
            "its place."
        )
    return None
