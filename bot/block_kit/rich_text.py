"""The rules of rich_text blocks.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.block_kit.rules import Rule, by_type, flag, list_of, one_of, shape, string, whole_number
from bot.block_kit.texts import IDENTIFIER, URL

_STYLE: Final = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight"), flag
    ),
)
_STYLED: Final[Mapping[str, Rule]] = {"style": _STYLE}
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


def _color(value: object, at: str) -> Iterator[str]:
    if (
        not isinstance(value, str)
        or len(value) != 7
        or value[0] != "#"
        or not _HEX_DIGITS.issuperset(value[1:])
    ):
        yield f"{at} is not a color such as #2C2D72."


_TEXT: Final = shape({"text": string()}, _STYLED)
_LINK: Final = shape({"url": URL}, {"text": string(), "unsafe": flag, **_STYLED})

INLINE: Final[Mapping[str, Rule]] = {
    "text": _TEXT,
    "emoji": shape({"name": string()}, {"unicode": string(), **_STYLED}),
    "link": _LINK,
    "user": shape({"user_id": string()}, _STYLED),
    "usergroup": shape({"usergroup_id": string()}, _STYLED),
    "channel": shape({"channel_id": string()}, _STYLED),
    "date": shape(
        {"timestamp": whole_number(), "format": string()},
        {"url": URL, "fallback": string(), **_STYLED},
    ),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "color": shape({"value": _color}, _STYLED),
}
"""The rules of what stands in a line, by its types."""

_INLINE: Final = by_type(INLINE)

_BORDER: Final[Mapping[str, Rule]] = {"border": whole_number(0, 1)}
_SECTION: Final = shape({"elements": list_of(_INLINE)})

RICH_TEXT: Final = shape(
    {
        "elements": list_of(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": shape(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": list_of(by_type({"rich_text_section": _SECTION})),
                        },
                        {"indent": whole_number(0, 8), "offset": whole_number(), **_BORDER},
                    ),
                    "rich_text_preformatted": shape(
                        {"elements": list_of(by_type({"text": _TEXT, "link": _LINK}))},
                        _BORDER,
                    ),
                    "rich_text_quote": shape({"elements": list_of(_INLINE)}, _BORDER),
                }
            )
        )
    },
    {"block_id": IDENTIFIER},
)
