"""What the Block Kit checker accepts and what it says of what it does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.block_kit import MOST_TEXT, Surface, block_problems, problems, total_text

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Write a plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """Write a mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Token disabled", **more: Any) -> Json:
    """Write a section block."""
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str = "Undo", **more: Any) -> Json:
    """Write a button."""
    return {"type": "button", "text": plain(text), **more}


def actions(*elements: Json) -> Json:
    """Write an actions block."""
    return {"type": "actions", "elements": list(elements)}


def rich_text(*elements: Json) -> Json:
    """Write a rich_text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def options(count: int) -> list[Json]:
    """Write as many options."""
    return [{"text": plain(f"{n}"), "value": f"{n}"} for n in range(count)]


def confirm(**changes: Json) -> Json:
    """Write a confirm dialog."""
    parts = {"title": "Sure?", "text": "It stops.", "confirm": "Disable", "deny": "Cancel"}
    return {key: plain(text) for key, text in parts.items()} | changes


COMPLETE = [
    {"type": "header", "text": plain("h" * 150)},
    section("s" * 3000, accessory=button("Show", action_id="show_token", value="prod:0d1f")),
    {"type": "section", "fields": [mrkdwn("*Owner*\nalice")] * 10, "block_id": "b" * 255},
    {
        "type": "section",
        "text": plain("plain"),
        "accessory": {"type": "overflow", "options": options(5)},
    },
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("by <@U0ALICE>"), plain("change 7F3K2Q")] * 5},
    actions(*(button("b" * 75, action_id=f"undo:{n}", value="v" * 2000) for n in range(25))),
    actions(
        button("Disable", style="danger", confirm=confirm(), accessibility_label="Disable 0d1f"),
        {"type": "static_select", "options": options(100), "placeholder": plain("Instance")},
        {"type": "users_select", "action_id": "who"},
        {"type": "checkboxes", "options": options(10)},
        {"type": "radio_buttons", "options": options(10), "initial_option": options(1)[0]},
    ),
    {"type": "image", "image_url": "https://example.com/i.png", "alt_text": "a graph"},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "0d1f", "style": {"code": True, "bold": True}},
                    {"type": "emoji", "name": "lock"},
                    {"type": "link", "url": "https://example.com", "text": "here"},
                    {"type": "user", "user_id": "U0ALICE"},
                    {"type": "usergroup", "usergroup_id": "S0ONCALL"},
                    {"type": "channel", "channel_id": "C0INCIDENTS"},
                    {"type": "date", "timestamp": 1, "format": "{time}", "fallback": "then"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "color", "value": "#2C2D72"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 8,
                "offset": 2,
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
                ],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        ],
    },
]


def test_a_message_with_everything_at_its_limit_has_no_problems() -> None:
    """A message that uses every block and element at its limit is accepted."""
    assert problems({"text": "t" * 4000, "blocks": COMPLETE}) == []


def test_text_alone_is_a_message() -> None:
    """A message needs no blocks."""
    assert problems({"text": "Done."}) == []


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "nonsense"}, "blocks[0] is of type 'nonsense', which is unknown"),
        ({}, "blocks[0] is of type None"),
        ({"type": ["section"]}, "blocks[0] is of type ['section']"),
        ("section", "blocks[0] is not an object"),
        ({"type": "header", "text": plain("h" * 151)}, "text.text has 151 characters; at most 150"),
        ({"type": "header", "text": mrkdwn("h")}, "blocks[0].text is of type 'mrkdwn'"),
        ({"type": "header"}, "blocks[0] lacks text"),
        ({"type": "section"}, "blocks[0] has neither text nor fields"),
        (section(""), "blocks[0].text.text is empty"),
        (section("s" * 3001), "has 3001 characters; at most 3000"),
        (section(colour="red"), "blocks[0] has the unknown key 'colour'"),
        (section(accessory={"type": "video"}), "blocks[0].accessory is of type 'video'"),
        (section(block_id="b" * 256), "blocks[0].block_id has 256 characters; at most 255"),
        ({"type": "section", "fields": [plain("f")] * 11}, "fields has 11 items; at most 10"),
        ({"type": "section", "fields": [plain("f" * 2001)]}, "fields[0].text has 2001 characters"),
        ({"type": "section", "fields": []}, "fields has 0 items; at least 1"),
        ({"type": "section", "text": {"type": "plain_text", "text": 7}}, "text is not a string"),
        ({"type": "context", "elements": [plain("c")] * 11}, "elements has 11 items; at most 10"),
        ({"type": "context", "elements": [button()]}, "elements[0] is of type 'button'"),
        (actions(*[button()] * 26), "elements has 26 items; at most 25"),
        (actions(), "elements has 0 items; at least 1"),
        (actions(button(action_id="a"), button(action_id="a")), "the action_id 'a' more than once"),
        (actions(button(action_id="a" * 256)), "action_id has 256 characters; at most 255"),
        (actions(button("b" * 76)), "elements[0].text.text has 76 characters; at most 75"),
        (actions(button(value="v" * 2001)), "value has 2001 characters; at most 2000"),
        (actions(button(style="blue")), "style is 'blue'; it must be one of primary, danger"),
        (actions(button(url="u" * 3001)), "url has 3001 characters; at most 3000"),
        (actions(button(accessibility_label="l" * 76)), "accessibility_label has 76 characters"),
        (actions({**button(), "text": mrkdwn("b")}), "elements[0].text is of type 'mrkdwn'"),
        (actions(button(confirm=confirm(title=plain("t" * 101)))), "101 characters; at most 100"),
        (actions(button(confirm=confirm(text=plain("t" * 301)))), "301 characters; at most 300"),
        (actions(button(confirm=confirm(confirm=plain("t" * 31)))), "31 characters; at most 30"),
        (actions(button(confirm=confirm(deny=plain("t" * 31)))), "31 characters; at most 30"),
        (actions(button(confirm={"title": plain("Sure?")})), "elements[0].confirm lacks text"),
        (actions({"type": "overflow", "options": options(6)}), "6 items; at most 5"),
        (actions({"type": "static_select", "options": options(101)}), "101 items; at most 100"),
        (actions({"type": "checkboxes", "options": options(11)}), "11 items; at most 10"),
        (
            actions(
                {"type": "static_select", "options": [{"text": plain("o" * 76), "value": "1"}]}
            ),
            "options[0].text.text has 76 characters; at most 75",
        ),
        (
            actions(
                {"type": "static_select", "options": [{"text": plain("o"), "value": "v" * 151}]}
            ),
            "options[0].value has 151 characters; at most 150",
        ),
        ({"type": "rich_text", "elements": []}, "elements has 0 items; at least 1"),
        (rich_text({"type": "text", "text": ""}), "elements[0].elements[0].text is empty"),
        (rich_text({"type": "mrkdwn", "text": "x"}), "is of type 'mrkdwn'"),
        (rich_text({"type": "text", "text": "x", "style": {"big": True}}), "unknown key 'big'"),
        (rich_text({"type": "text", "text": "x", "style": {"bold": 1}}), "neither true nor false"),
        (rich_text({"type": "date", "timestamp": "1", "format": "{ago}"}), "not a whole number"),
        (rich_text({"type": "broadcast", "range": "all"}), "must be one of here, channel"),
        (rich_text({"type": "color", "value": "red"}), "is not a color such as #2C2D72"),
        (rich_text({"type": "user"}), "lacks user_id"),
        (
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "indent": 9,
                        "elements": [{"type": "rich_text_section", "elements": [plain("x")]}],
                    }
                ],
            },
            "indent is 9, which is out of range",
        ),
        ({"type": "image", "image_url": "https://example.com/i.png"}, "blocks[0] lacks alt_text"),
    ],
)
def test_a_block_that_slack_refuses_is_named(block: Any, expected: str) -> None:
    """Each broken rule is said with the place where it is broken."""
    said = block_problems([block])

    assert any(expected in sentence for sentence in said), said


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"blocks": [section()]}, "The message has no top-level text."),
        ({"text": " \n", "blocks": [section()]}, "The message has no top-level text."),
        ({"text": 7}, "The message has no top-level text."),
        ({"text": "t" * 4001}, "The top-level text has 4001 characters; at most 4000 are allowed."),
        ({"text": "t", "blocks": [section()] * 51}, "blocks has 51 items; at most 50 are allowed."),
        ({"text": "t", "blocks": "[]"}, "blocks is not a list."),
        (
            {"text": "t", "blocks": [section(block_id="same"), section(block_id="same")]},
            "The message uses the block_id 'same' more than once.",
        ),
        (
            {"text": "t", "blocks": [section("s" * 3000)] * 4},
            f"The blocks hold 12000 characters of text; at most {MOST_TEXT} are safe.",
        ),
    ],
)
def test_a_message_is_judged_as_a_whole(message: Json, expected: str) -> None:
    """The top-level text, the number of blocks, their ids and their total size count too."""
    assert problems(message) == [expected]


def test_every_broken_rule_gets_a_sentence() -> None:
    """Three mistakes in one message give three sentences."""
    broken = {"blocks": [{"type": "nonsense"}, actions(button("b" * 76))]}

    assert len(problems(broken)) == 3


def test_equal_action_ids_in_two_blocks_are_fine() -> None:
    """Action ids need to be unique in their block, not in the message."""
    blocks = [actions(button(action_id="undo")), actions(button(action_id="undo"))]

    assert block_problems(blocks) == []


def test_all_texts_count_towards_the_size_of_a_message() -> None:
    """Texts in headers, fields, buttons and rich text add up."""
    blocks = [
        {"type": "header", "text": plain("1234")},
        {"type": "section", "fields": [plain("12"), plain("34")]},
        actions(button("1234", value="a value is not text")),
        rich_text({"type": "text", "text": "1234"}),
    ]

    assert total_text(blocks) == 16


def modal(**changes: Any) -> Json:
    """Write a modal with one input."""
    field = {"type": "input", "label": plain("Secret"), "element": {"type": "plain_text_input"}}
    return {
        "type": "modal",
        "title": plain("Leaked token"),
        "submit": plain("Disable"),
        "blocks": [field],
    } | changes


def test_views_may_have_a_hundred_blocks() -> None:
    """Modals and Home hold twice as many blocks as messages."""
    assert problems(modal(blocks=[section()] * 100), Surface.MODAL) == []
    assert problems({"type": "home", "blocks": [section()] * 100}, Surface.HOME) == []


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (modal(title=plain("t" * 25)), "view.title.text has 25 characters; at most 24"),
        (modal(close=plain("c" * 25)), "view.close.text has 25 characters; at most 24"),
        (modal(private_metadata="m" * 3001), "has 3001 characters; at most 3000"),
        (modal(blocks=[section()] * 101), "blocks has 101 items; at most 100"),
        (
            {key: value for key, value in modal().items() if key != "submit"},
            "The view has an input block but no submit.",
        ),
        (modal(blocks=[section("s" * 3000)] * 90), "at most 250000 are allowed"),
    ],
)
def test_a_modal_that_slack_refuses_is_named(view: Json, expected: str) -> None:
    """Views have limits of their own."""
    said = problems(view, Surface.MODAL)

    assert any(expected in sentence for sentence in said), said


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
LIKELY_KEYS = st.sampled_from(
    ["type", "text", "fields", "elements", "accessory", "confirm", "options", "style", "block_id"]
)
LIKELY_TYPES = st.sampled_from(
    ["section", "actions", "context", "rich_text", "rich_text_section", "button", "plain_text"]
)
ALMOST_BLOCKS = st.recursive(
    LIKELY_TYPES | JSON_VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LIKELY_KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(blocks=ALMOST_BLOCKS, surface=st.sampled_from(Surface))
def test_no_json_makes_the_checker_raise(blocks: Any, surface: Surface) -> None:
    """Whatever JSON comes, the answer is sentences."""
    said = [
        *problems({"text": blocks, "blocks": blocks}, surface),
        *block_problems(blocks, surface),
    ]

    assert all(sentence.endswith(".") for sentence in said)


@given(blocks=JSON_VALUES.filter(lambda value: value is not None and not isinstance(value, list)))
def test_only_a_list_can_be_blocks(blocks: Any) -> None:
    """Anything but a list is refused as blocks."""
    assert "blocks is not a list." in block_problems(blocks)
