"""Every block and element that Slack would take is drawn, or is refused by name."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.block_kit import Surface, block_problems
from bot.block_kit.blocks import BLOCKS
from bot.block_kit.elements import IN_ACTIONS, IN_INPUT, IN_SECTION
from bot.block_kit.mrkdwn import Reader
from bot.block_kit.rich_text import INLINE
from bot.sandbox.page.drawing import CannotDrawError, Canvas, draw_blocks, draw_text
from bot.sandbox.page.drawing.blocks import Actions, Field, RichText
from bot.sandbox.page.drawing.controls import Button, Choices, Confirm, Menu, Option, TextField
from bot.sandbox.page.drawing.spans import (
    Listing,
    Look,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Text,
)
from bot.sandbox.slack.inputs import state_of

Json = dict[str, Any]

READER = Reader(
    {"U0ALICE": "@alice", "C0INCIDENTS": "#incidents", "S0ONCALL": "@oncall"},
    datetime(2026, 9, 1, 12, 0, tzinfo=UTC),
)
NEVER_SENT = {
    # Pictures would come from outside.
    "image",
    # Nothing in the bot offers a menu of actions, an emoji or a colour.
    "overflow",
    "emoji",
    "color",
}
PLAIN = {"type": "plain_text", "text": "Look"}
OPTION = {"text": PLAIN, "value": "look"}
SAMPLES: dict[str, Json] = {
    "button": {"type": "button", "text": PLAIN, "action_id": "a"},
    "overflow": {"type": "overflow", "options": [OPTION], "action_id": "a"},
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
    "checkboxes": {"type": "checkboxes", "options": [OPTION], "action_id": "a"},
    "radio_buttons": {"type": "radio_buttons", "options": [OPTION], "action_id": "a"},
    "static_select": {"type": "static_select", "options": [OPTION], "action_id": "a"},
    "multi_static_select": {"type": "multi_static_select", "options": [OPTION], "action_id": "a"},
    "users_select": {"type": "users_select", "action_id": "a"},
    "plain_text_input": {"type": "plain_text_input", "action_id": "a"},
}
INLINES: dict[str, Json] = {
    "text": {"text": "words"},
    "emoji": {"name": "wave"},
    "link": {"url": "https://example.com"},
    "user": {"user_id": "U0ALICE"},
    "usergroup": {"usergroup_id": "S0ONCALL"},
    "channel": {"channel_id": "C0INCIDENTS"},
    "date": {"timestamp": 0, "format": "{date_num}"},
    "broadcast": {"range": "here"},
    "color": {"value": "#2C2D72"},
}


def section_of(*elements: Json) -> Json:
    """Give a rich_text block of one line."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


BLOCK_SAMPLES: dict[str, Json] = {
    "header": {"type": "header", "text": PLAIN},
    "section": {
        "type": "section",
        "text": PLAIN,
        "fields": [PLAIN],
        "accessory": SAMPLES["button"],
    },
    "divider": {"type": "divider"},
    "context": {"type": "context", "elements": [PLAIN]},
    "actions": {"type": "actions", "elements": [SAMPLES["button"]]},
    "image": SAMPLES["image"],
    "input": {"type": "input", "label": PLAIN, "element": SAMPLES["plain_text_input"]},
    "rich_text": section_of({"type": "text", "text": "words"}),
}


def on(surface: Surface, *blocks: Json, **more: Any) -> list[Any]:
    """Draw blocks where Slack would take them."""
    named = [{"block_id": f"b{number}", **block} for number, block in enumerate(blocks)]
    assert block_problems(named, surface) == []
    canvas = Canvas(surface, "v", READER, {"U0ALICE": "alice"}, state_of(named, {}), **more)
    return list(draw_blocks(named, canvas))


def text_of(*elements: Json) -> Text:
    """Draw one line of rich text."""
    (drawn,) = on(Surface.MESSAGE, section_of(*elements))
    assert isinstance(drawn, RichText)
    return drawn.text


def spans_of(text: Text) -> list[Span]:
    """Give the pieces of a text that has no lists."""
    return [span for part in text if not isinstance(part, Listing) for span in part.spans]


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_block(kind: str) -> None:
    """A block that Slack takes is drawn, or is among what the bot never sends."""
    if kind in NEVER_SENT:
        with pytest.raises(CannotDrawError, match=kind):
            on(Surface.MODAL, BLOCK_SAMPLES[kind])
    else:
        assert len(on(Surface.MODAL, BLOCK_SAMPLES[kind])) == 1


@pytest.mark.parametrize("kind", sorted({*IN_ACTIONS, *IN_SECTION, *IN_INPUT}))
def test_every_element(kind: str) -> None:
    """An element is drawn in all places where Slack takes it and the stand-in can use it."""
    element = SAMPLES[kind]
    blocks: list[Json] = []
    if kind in IN_INPUT:
        blocks.append({"type": "input", "label": PLAIN, "element": element})
    if kind in IN_ACTIONS:
        blocks.append({"type": "actions", "elements": [element]})
    if kind in IN_SECTION:
        blocks.append({"type": "section", "text": PLAIN, "accessory": element})

    for block in blocks:
        if kind in NEVER_SENT:
            with pytest.raises(CannotDrawError, match=kind):
                on(Surface.HOME, block)
        else:
            assert len(on(Surface.HOME, block)) == 1
        if block["type"] != "input" and kind != "button":
            # There, no press of it would reach the app.
            with pytest.raises(CannotDrawError, match=kind):
                on(Surface.MESSAGE, block)


@pytest.mark.parametrize("kind", INLINE)
def test_everything_in_a_line(kind: str) -> None:
    """What stands in a line of rich text is drawn, or is among what the bot never sends."""
    element = {"type": kind, **INLINES[kind]}
    if kind in NEVER_SENT:
        with pytest.raises(CannotDrawError, match=kind):
            text_of(element)
    else:
        assert [span.text for span in spans_of(text_of(element))] == [
            {
                "text": "words",
                "link": "https://example.com",
                "user": "@alice",
                "usergroup": "@oncall",
                "channel": "#incidents",
                "date": "1970-01-01",
                "broadcast": "@here",
            }[kind]
        ]


def test_rich_text_looks_as_it_is_styled() -> None:
    """Styles, lists, quotes and code; a style that is off is not there."""
    styles = {"bold": True, "italic": True, "strike": True, "underline": True, "code": True}
    (span,) = spans_of(text_of({"type": "text", "text": "x", "style": {**styles, "bold": False}}))
    assert span.looks == {Look.ITALIC, Look.STRIKE, Look.UNDERLINE, Look.CODE}

    words = [{"type": "text", "text": "x"}]
    items = [{"type": "rich_text_section", "elements": words}]
    (drawn,) = on(
        Surface.MESSAGE,
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_preformatted", "elements": words},
                {"type": "rich_text_quote", "elements": words},
                {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": items},
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": items},
            ],
        },
    )

    x = (Span("x"),)
    assert drawn.text == (
        Preformatted(x),
        Quote(x),
        Listing([x], ordered=True, first=3, indent=0),
        Listing([x], ordered=False, first=1, indent=1),
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a *b* _c_ ~d~", [("a ", ""), ("b", "bold"), (" ", ""), ("c", "italic"), (" ", "")]),
        ("*_both_*", [("both", "bold italic")]),
        ("`*no*` &lt;b&gt;", [("*no*", "code"), (" <b>", "")]),
        ("2*3*4 snake_case_name", [("2*3*4 snake_case_name", "")]),
        ("<@U0ALICE> <#C0INCIDENTS> <!subteam^S0ONCALL>", [("@alice", "mention"), (" ", "")]),
        ("<!channel>", [("@channel", "mention")]),
        ("<@U0NOBODY|somebody>", [("@somebody", "mention")]),
        ("<!date^0^{date_num} at {time}|then>", [("1970-01-01 at 00:00", "date")]),
        ("<!date^99999999999999^{date_num}|far off>", [("far off", "")]),
    ],
)
def test_mrkdwn(written: str, shown: list[tuple[str, str]]) -> None:
    """What Slack's clients make of it; nothing else is markup."""
    drawn = [
        (span.text, " ".join(sorted(span.looks)))
        for block in draw_text(written, READER)
        for span in spans_of(block.text if isinstance(block, RichText) else ())
    ]

    assert drawn[: len(shown)] == shown


def test_quotes_and_fenced_code_in_mrkdwn() -> None:
    """They stand apart from the lines around them."""
    (drawn,) = draw_text("before\n&gt; said\n&gt; more\nafter\n```\n*code*\n```", READER)

    assert isinstance(drawn, RichText)
    assert drawn.text == (
        Paragraph((Span("before"),)),
        Quote((Span("said\nmore"),)),
        Paragraph((Span("after"),)),
        Preformatted((Span("*code*"),)),
    )


@pytest.mark.parametrize(
    ("url", "led_to"),
    [
        ("https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://[broken", ""),
    ],
)
def test_links_lead_to_the_web_alone(url: str, led_to: str) -> None:
    """What a browser would run is shown, and leads nowhere."""
    (span,) = spans_of(text_of({"type": "link", "url": url, "text": "words"}))
    assert (span.text, span.url) == ("words", led_to)

    (span,) = spans_of(text_of({"type": "link", "url": url}))
    assert span.text == url


def test_controls_hold_what_the_app_gave_and_what_is_filled_in() -> None:
    """Options that are chosen, text that stands there, confirm dialogs, errors and hints."""
    confirm = {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": {"type": "plain_text", "text": "It stops at once."},
        "confirm": {"type": "plain_text", "text": "Stop it"},
        "deny": {"type": "plain_text", "text": "Leave it"},
        "style": "danger",
    }
    button = {**SAMPLES["button"], "style": "danger", "confirm": confirm, "value": "v"}
    boxes = {**SAMPLES["checkboxes"], "initial_options": [OPTION]}
    text = {**SAMPLES["plain_text_input"], "initial_value": "was", "multiline": True}
    label = {"type": "input", "label": PLAIN}

    actions, choices, field, people = on(
        Surface.HOME,
        {"type": "actions", "elements": [button]},
        {**label, "element": boxes, "optional": True},
        {**label, "element": text, "hint": PLAIN},
        {**label, "element": {**SAMPLES["users_select"], "initial_user": "U0ALICE"}},
        errors={"b2": "Too short."},
    )

    assert isinstance(actions, Actions)
    (pressed,) = actions.controls
    assert isinstance(pressed, Button)
    assert pressed.style == "danger"
    assert pressed.confirm == Confirm("Sure?", "It stops at once.", "Stop it", "Leave it", "danger")
    assert isinstance(choices, Field)
    assert isinstance(choices.control, Choices)
    assert [option.is_chosen for option in choices.control.options] == [True]
    assert choices.is_optional
    assert isinstance(field, Field)
    assert isinstance(field.control, TextField)
    assert (field.control.value, field.control.multiline) == ("was", True)
    assert (field.error, field.hint) == ("Too short.", "Look")
    assert isinstance(people, Field)
    assert isinstance(people.control, Menu)
    assert people.control.options == [Option("alice", "U0ALICE", "", is_chosen=True)]


def test_what_nobody_knows_is_an_error() -> None:
    """A block, element or style of a kind to come leaves no gap."""
    canvas = Canvas(Surface.MESSAGE, "v", READER)
    unknown: list[Json] = [
        {"type": "video", "block_id": "b"},
        {"type": "actions", "block_id": "b", "elements": [{"type": "workflow_button"}]},
        {"type": "context", "block_id": "b", "elements": [{"type": "html", "text": "x"}]},
        section_of({"type": "text", "text": "x", "style": {"blink": True}}),
        {"type": "rich_text", "elements": [{"type": "rich_text_table", "elements": []}]},
        {
            "type": "actions",
            "block_id": "b",
            "elements": [{**SAMPLES["button"], "url": "https://example.com"}],
        },
    ]
    for block in unknown:
        with pytest.raises(CannotDrawError):
            draw_blocks([block], canvas)
