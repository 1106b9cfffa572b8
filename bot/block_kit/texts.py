"""The rules of text objects, options and confirm dialogs.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from typing import Final

from bot.block_kit.rules import Rule, by_type, flag, list_of, one_of, shape, string

IDENTIFIER: Final = string(1, 255)
URL: Final = string(1, 3000)


def plain_text(most: int) -> Rule:
    """Accept a plain_text object of 1 to ``most`` characters."""
    return by_type({"plain_text": shape({"text": string(1, most)}, {"emoji": flag})})


def text(most: int) -> Rule:
    """Accept a plain_text or mrkdwn object of 1 to ``most`` characters."""
    return by_type(
        {
            "plain_text": shape({"text": string(1, most)}, {"emoji": flag}),
            "mrkdwn": shape({"text": string(1, most)}, {"verbatim": flag}),
        }
    )


def options(label: Rule, most: int) -> Rule:
    """Accept 1 to ``most`` options whose text keeps the rule ``label``."""
    option = shape(
        {"text": label, "value": string(1, 150)},
        {"description": plain_text(75), "url": URL},
    )
    return list_of(option, 1, most)


CONFIRM: Final = shape(
    {
        "title": plain_text(100),
        "text": plain_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": one_of("primary", "danger")},
)
