"""Messages as they are drawn in a terminal."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.block_kit.reading import CannotDrawError
from bot.sandbox.slack import Channel, Person, SlackStandIn, Workspace
from bot.sandbox.terminal import render


@pytest.fixture
def workspace() -> Workspace:
    """Give a workspace with a channel and two people."""
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    slack = SlackStandIn(lambda: noon, signing_secret="shh", bot_token="xoxb-1")
    slack.add_person(Person("U0ALICE", "alice"))
    slack.add_channel(Channel("C0INCIDENTS", "incidents", members={"U0ALICE"}))
    return slack.workspace


def plain(text: str) -> dict[str, str]:
    """Write a plain_text object."""
    return {"type": "plain_text", "text": text}


def rich(kind: str, text: str) -> dict[str, Any]:
    """Write a rich_text block with one element."""
    element = {"type": kind, "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [element]}


DISABLED: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Token disabled")},
    rich("rich_text_section", "telegraf on edge-42"),
    {
        "type": "section",
        "fields": [
            {"type": "mrkdwn", "text": "*Owner*\nuser2"},
            {"type": "mrkdwn", "text": "*Status*\nactive → *inactive*, read back at 14:03:07 UTC"},
            {"type": "mrkdwn", "text": "*Instance*\nprod"},
        ],
    },
    {"type": "divider"},
    {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": "by <@U0ALICE> · change `7F3K2Q`"}],
    },
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain("Undo")},
            {"type": "button", "text": plain("Details")},
        ],
    },
]


def test_a_change_is_drawn_as_in_slack(workspace: Workspace) -> None:
    """Place, author, and every block in order; fields stand in two columns."""
    message = workspace.post("C0INCIDENTS", "Token disabled", DISABLED)

    assert render(message, workspace, width=50) == (
        "#incidents · token-bot\n"
        "  Token disabled\n"
        "  telegraf on edge-42\n"
        "  Owner                    Status\n"
        "  user2                    active → inactive, read\n"
        "                           back at 14:03:07 UTC\n"
        "  Instance\n"
        "  prod\n"
        "  ────────────────────────────────────────────────\n"
        "  by @alice · change 7F3K2Q\n"
        "  [ Undo ] [ Details ]"
    )


def test_what_one_person_sees_says_so(workspace: Workspace) -> None:
    """An ephemeral message is marked, and so is an edited one."""
    message = workspace.post("C0INCIDENTS", "page 1", [], ephemeral_to="U0ALICE")
    workspace.edit(message, "page 2", [])

    assert render(message, workspace) == (
        "#incidents · token-bot\n  Only visible to you\n  page 2\n  (edited)"
    )


def test_people_threads_and_direct_messages_are_named(workspace: Workspace) -> None:
    """The first line says who wrote it, and where."""
    typed = workspace.post("C0INCIDENTS", "/token list", [], user="U0ALICE")
    reply = workspace.post("C0INCIDENTS", "x", [], thread_ts=typed.ts)
    direct = workspace.post(workspace.direct_channel("U0ALICE").id, "x", [])

    assert [render(m, workspace).split("\n")[0] for m in (typed, reply, direct)] == [
        "#incidents · alice",
        "#incidents, in a thread · token-bot",
        "Direct message with @alice · token-bot",
    ]


def test_a_deleted_message_is_not_shown(workspace: Workspace) -> None:
    """Of a deleted message only that it was there is drawn."""
    message = workspace.post("C0INCIDENTS", "a slip", [])
    workspace.delete(message)

    assert render(message, workspace) == "#incidents · token-bot\n  This message was deleted."


def test_long_lines_are_wrapped(workspace: Workspace) -> None:
    """No line of running text is longer than the width; line breaks stay."""
    text = "word " * 40 + "\n\n" + "x" * 100
    message = workspace.post("C0INCIDENTS", text, [])

    drawn = render(message, workspace, width=40).split("\n")

    assert max(len(line) for line in drawn) == 40
    assert "" in drawn
    assert "".join(drawn).count("x") == 100


def test_a_button_beside_a_section_stands_at_its_right(workspace: Workspace) -> None:
    """Where there is room it is on the first line, otherwise beneath."""

    def row(text: str) -> dict[str, Any]:
        show = {"type": "button", "text": plain("Show")}
        return {"type": "section", "text": plain(text), "accessory": show}

    message = workspace.post("C0INCIDENTS", "x", [row("telegraf"), row("t" * 30)])

    assert render(message, workspace, width=32).split("\n")[1:] == [
        "  telegraf              [ Show ]",
        "  " + "t" * 30,
        "  [ Show ]",
    ]


def test_lists_quotes_and_code_are_told_apart(workspace: Workspace) -> None:
    """Items hang, quotes have a bar, and code is indented and never wrapped."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "one " * 8}]}
    items = {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section]}
    message = workspace.post(
        "C0INCIDENTS",
        "x",
        [
            {"type": "rich_text", "elements": [items]},
            rich("rich_text_quote", "a quote that goes on"),
            rich("rich_text_preformatted", "a line of code that is longer than the width"),
        ],
    )

    assert render(message, workspace, width=24).split("\n")[1:] == [
        "    • one one one one",
        "      one one one one",
        "  │ a quote that goes on",
        "    a line of code that is longer than the width",
    ]


def test_text_cannot_steer_the_terminal(workspace: Workspace) -> None:
    """Escape sequences and direction overrides in a description come out as replacements."""
    message = workspace.post(
        "C0INCIDENTS", "x", [rich("rich_text_section", "\x1b[2Jwiped \u202egnp.exe\r")]
    )

    drawn = render(message, workspace)

    assert "�[2Jwiped �gnp.exe" in drawn
    assert not {"\x1b", "\u202e", "\r"} & set(drawn)


def test_colour_comes_only_when_asked_for(workspace: Workspace) -> None:
    """Colour adds escape sequences and changes no word."""
    message = workspace.post("C0INCIDENTS", "x", DISABLED)

    bare, coloured = render(message, workspace), render(message, workspace, colour=True)

    assert "\x1b" not in bare
    assert "\x1b[1mToken disabled\x1b[0m" in coloured
    for sequence in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m"):
        coloured = coloured.replace(sequence, "")
    assert coloured == bare


def test_a_block_without_a_drawing_is_an_error(workspace: Workspace) -> None:
    """Nothing is left out in silence."""
    message = workspace.post("C0INCIDENTS", "x", [{"type": "video"}])

    with pytest.raises(CannotDrawError, match="video"):
        render(message, workspace)
