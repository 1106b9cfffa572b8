"""What every modal is made of."""

from typing import Any

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from bot.slack.blocks.rich import LONGEST_SHOWN, Message, paragraph, plain, shown

_LONGEST_TITLE = 24
REASON = "reason"
"""The field in which somebody says why."""

LONGEST_WORDS = 500
"""How long a reason, or another sentence of somebody's own, may be."""


def modal(title: str, *blocks: Block | dict[str, Any], submit: str) -> dict[str, Any]:
    """Draw a form with a button that submits it.

    Source: https://docs.slack.dev/reference/views/modal-views
    """
    return View(
        type="modal",
        title=labelled(title, _LONGEST_TITLE),
        submit=labelled(submit),
        close=labelled("Cancel"),
        blocks=list(blocks),
    ).to_dict()


def loading_view(title: str) -> dict[str, Any]:
    """Say that what is shown is being read; it has no fields, and nothing to submit."""
    return {**_telling(title), "blocks": [paragraph([plain("Reading from InfluxDB…")])]}


def told_view(title: str, message: Message) -> dict[str, Any]:
    """Say something in a modal in place of what it asked."""
    return {**_telling(title), "blocks": list(message.blocks)}


def _telling(title: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": labelled(title, _LONGEST_TITLE).to_dict(),
        "close": labelled("Close").to_dict(),
    }


def labelled(text: str, limit: int = LONGEST_SHOWN) -> PlainTextObject:
    """Give a label of a form, of which nothing is markup."""
    return PlainTextObject(text=shown(text, limit), emoji=False)
