"""On which instances a token was found, with a button for each."""

from slack_sdk.models.blocks import ButtonElement

from bot.changes.locating import Whereabouts
from bot.changes.target import Choice
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.choices import choice_line, choice_text, found_on, orphan_text, silent_text
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    escaped,
    paragraph,
    plain,
)


def whereabouts_message(where: Whereabouts) -> Message:
    """Say on which instances a token was found, with a button for each."""
    title = f"Which one? {where.authorization_id}"
    found = found_on([place.instance for place in where.having], silent_are_named=True)
    lines: list[Line] = [[bold(title)], [plain(found)]]
    texts = [f"{title}. {found}"]
    offered: list[ButtonElement] = []
    for place in where.having:
        if place.token is None:
            words = orphan_text(place)
            lines.append([plain(words)])
            texts.append(words)
            continue
        choice = Choice(place.instance, place.token)
        lines.append(choice_line(choice))
        texts.append(choice_text(choice))
        text = f"Show on {place.instance}"
        offered.append(
            token_buttons.details(place.instance, where.authorization_id, text, len(offered))
        )
    for place in where.silent:
        words = silent_text(place)
        lines.append([plain(words)])
        texts.append(words)
    return Message(escaped("\n".join(texts)), (paragraph(*lines), buttons.row(*offered)))
