"""Modals as they are drawn in a terminal."""

from datetime import UTC, datetime

import pytest

from bot.block_kit.reading import CannotDrawError
from bot.sandbox.slack import Person, SlackStandIn, View
from bot.sandbox.terminal import render_view
from tests.sandbox.slack.forms import DENY, Json, field, modal, plain, select


@pytest.fixture
def slack() -> SlackStandIn:
    """Give a workspace with Alice in it."""
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    stand_in = SlackStandIn(lambda: noon, signing_secret="shh", bot_token="xoxb-1")
    stand_in.add_person(Person("U0ALICE", "alice"))
    return stand_in


def opened(slack: SlackStandIn, definition: Json) -> View:
    """Open a modal for Alice."""
    return slack.workspace.modals.open("U0ALICE", definition)


def test_a_modal_is_drawn_with_its_inputs_and_buttons(slack: SlackStandIn) -> None:
    """Title, blocks, labels, what is filled in, hints, and the buttons at the foot."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Asked by <@U0ALICE>."}}
    hint = {"hint": plain("Everybody sees it.")}
    ticket = field("ticket", "Ticket", optional=True, placeholder=plain("SEC-1"))
    view = opened(slack, {**DENY, "blocks": [section, {**DENY["blocks"][0], **hint}, ticket]})
    slack.fill("U0ALICE", {"reason": "not now,\nask Carol"})

    assert render_view(view) == (
        "Modal · Deny this change?\n"
        "  Asked by @alice.\n"
        "  Reason\n"
        "  [ not now,\n"
        "  ask Carol ]\n"
        "  Everybody sees it.\n"
        "  Ticket (optional)\n"
        "  [ SEC-1 ]\n"
        "  [ Deny ] [ Keep ]"
    )


def test_choices_are_drawn(slack: SlackStandIn) -> None:
    """Menus show what is chosen, boxes and circles which are."""
    view = opened(
        slack,
        modal(
            "Choose",
            field("one", "One", **select("red", "blue")),
            field("many", "Many", **select("a", "b", kind="checkboxes")),
            field("radio", "Radio", **select("on", "off", kind="radio_buttons")),
            field("who", "Who", type="users_select", initial_user="U0ALICE"),
            field("else", "Else", type="users_select"),
        ),
    )
    slack.fill("U0ALICE", {"One": "blue", "Many": "b", "Radio": "on"})

    assert render_view(view).split("\n")[1:] == [
        "  One",
        "  [ Blue ]",
        "  Many",
        "  ( ) A",
        "  (x) B",
        "  Radio",
        "  (x) On",
        "  ( ) Off",
        "  Who",
        "  [ @alice ]",
        "  Else",
        "  [ ]",
        "  [ Send ] [ Cancel ]",
    ]


def test_what_is_wrong_is_drawn_beside_its_input(slack: SlackStandIn) -> None:
    """Errors stand under their input, Slack's own complaint at the top; colour adds no word."""
    view = opened(slack, DENY)
    slack.workspace.modals.complain(view, {"reason": "Say more."}, "We had some trouble.")

    drawn = render_view(view)

    assert drawn.split("\n") == [
        "Modal · Deny this change?",
        "  We had some trouble.",
        "  Reason",
        "  [ ]",
        "  Error: Say more.",
        "  [ Deny ] [ Keep ]",
    ]
    coloured = render_view(view, colour=True)
    assert "\x1b[31mError: Say more.\x1b[0m" in coloured
    for sequence in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[36m"):
        coloured = coloured.replace(sequence, "")
    assert coloured == drawn


def test_what_is_drawn_is_what_is_read(slack: SlackStandIn) -> None:
    """A view's plain text has every line of the drawing."""
    view = opened(slack, DENY)
    slack.fill("U0ALICE", {"reason": "no"})

    lines = [line.strip() for line in render_view(view).split("\n")]

    assert view.plain.split("\n") == [lines[0].removeprefix("Modal · "), *lines[1:]]


def test_a_block_without_a_drawing_is_an_error(slack: SlackStandIn) -> None:
    """Nothing is left out in silence."""
    view = opened(slack, modal("Odd", {"type": "video", "block_id": "v"}))

    with pytest.raises(CannotDrawError, match="video"):
        render_view(view)
