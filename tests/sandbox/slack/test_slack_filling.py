"""What a person's client lets them do in a modal."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from bot.sandbox.slack import ImpossibleInSlackError, SlackStandIn, View
from tests.sandbox.slack.forms import DENY, field, modal, plain, select

Json = dict[str, Any]
Opened = Callable[..., Awaitable[View]]
Payloads = Callable[[], list[Json]]

EVERYTHING = modal(
    "Everything",
    field("text", "Text", min_length=2, max_length=5),
    field("note", "Note", optional=True, initial_value="as before"),
    field("one", "One", **select("red", "blue")),
    field("radio", "Radio", **select("on", "off", kind="radio_buttons")),
    field("many", "Many", optional=True, **select("a", "b", "c", kind="checkboxes")),
    field("who", "Who", optional=True, type="users_select", initial_user="U0BOB"),
)


async def test_values_are_sent_as_each_element_has_them(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """By label or block_id; options by their text or value; the rest as it is set."""
    await opened(EVERYTHING)

    await slack.submit("U0ALICE", {"Text": "abc", "one": "Blue", "radio": "on", "Many": "a\nC"})

    values = payloads()[-1]["view"]["state"]["values"]
    sent = {block_id: by_action["answer"] for block_id, by_action in values.items()}
    assert sent == {
        "text": {"type": "plain_text_input", "value": "abc"},
        "note": {"type": "plain_text_input", "value": "as before"},
        "one": {
            "type": "static_select",
            "selected_option": {"text": plain("Blue"), "value": "blue"},
        },
        "radio": {
            "type": "radio_buttons",
            "selected_option": {"text": plain("On"), "value": "on"},
        },
        "many": {
            "type": "checkboxes",
            "selected_options": [
                {"text": plain("A"), "value": "a"},
                {"text": plain("C"), "value": "c"},
            ],
        },
        "who": {"type": "users_select", "selected_user": "U0BOB"},
    }


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, "'Text' is required"),
        ({"Text": ""}, "'Text' is required"),
        ({"Text": "abc"}, "'One' is required"),
        ({"Text": "a", "One": "red", "Radio": "on"}, "2 to 5 characters"),
        ({"Text": "abcdef", "One": "red", "Radio": "on"}, "2 to 5 characters"),
        ({"Text": "a\nb"}, "takes one line"),
        ({"One": "green"}, "no option 'green'"),
        ({"One": "red\nblue"}, "takes one option"),
        ({"Colour": "red"}, "0 inputs are 'Colour'"),
    ],
)
async def test_what_the_client_refuses_is_not_sent(
    slack: SlackStandIn, opened: Opened, payloads: Payloads, answers: Json, told: str
) -> None:
    """Required inputs, lengths and options are the client's business."""
    view = await opened(EVERYTHING)

    with pytest.raises(ImpossibleInSlackError, match=told):
        await slack.submit("U0ALICE", answers)

    assert payloads() == []
    assert slack.open_view("U0ALICE") is view


async def test_an_optional_input_may_stay_empty(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """It is then sent without a value."""
    await opened(modal("Optional", field("note", "Note", optional=True, min_length=5)))

    await slack.submit("U0ALICE")

    values = payloads()[-1]["view"]["state"]["values"]
    assert values == {"note": {"answer": {"type": "plain_text_input", "value": None}}}


async def test_a_label_that_two_inputs_have_does_not_tell_them_apart(
    slack: SlackStandIn, opened: Opened
) -> None:
    """The block_id does."""
    view = await opened(modal("Twins", field("a", "Reason"), field("b", "Reason")))

    with pytest.raises(ImpossibleInSlackError, match="2 inputs are 'Reason'"):
        slack.fill("U0ALICE", {"Reason": "x"})
    slack.fill("U0ALICE", {"b": "x"})

    assert [i.content(view.state) for i in view.inputs] == [None, "x"]


async def test_nobody_fills_in_what_they_do_not_see(slack: SlackStandIn, opened: Opened) -> None:
    """A modal is its person's alone."""
    await opened(DENY)

    with pytest.raises(ImpossibleInSlackError, match="no modal open"):
        await slack.submit("U0BOB", {"reason": "x"})
    with pytest.raises(ImpossibleInSlackError, match="no modal open"):
        await slack.close_view("U0BOB")


async def test_a_view_without_a_submit_button_cannot_be_submitted(
    slack: SlackStandIn, opened: Opened
) -> None:
    """It can be read and closed."""
    section = {"type": "section", "text": plain("Just so.")}
    await opened({"type": "modal", "title": plain("Read"), "blocks": [section]})

    with pytest.raises(ImpossibleInSlackError, match="no submit button"):
        await slack.submit("U0ALICE")

    assert await slack.close_view("U0ALICE") is None


async def test_the_app_learns_of_a_closed_view_only_if_it_asked_to(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """With notify_on_close the view arrives as it stood, without it nothing does."""
    await opened(DENY)
    assert await slack.close_view("U0ALICE") is None
    assert payloads() == []

    view = await opened({**DENY, "notify_on_close": True})
    delivery = await slack.close_view("U0ALICE")

    (sent,) = payloads()
    assert delivery is not None
    assert (sent["type"], sent["is_cleared"]) == ("view_closed", False)
    assert (sent["view"]["id"], sent["view"]["callback_id"]) == (view.id, "deny_change")
    assert sent["user"]["id"] == "U0ALICE"
    assert "trigger_id" not in sent
    assert slack.open_view("U0ALICE") is None


@pytest.mark.parametrize(
    ("more", "everything", "left"),
    [({}, False, 1), ({}, True, 0), ({"clear_on_close": True}, False, 0)],
)
async def test_closing_uncovers_the_view_beneath_or_ends_the_modal(
    slack: SlackStandIn,
    opened: Opened,
    answers: list[ASGIApp],
    payloads: Payloads,
    more: Json,
    left: int,
    *,
    everything: bool,
) -> None:
    """The x ends the whole modal, and so does the close button of a view that says so."""
    first = await opened(modal("First"))
    second = modal("Second", notify_on_close=True, **more)
    answers.append(JSONResponse({"response_action": "push", "view": second}))
    await slack.submit("U0ALICE")

    await slack.close_view("U0ALICE", everything=everything)

    assert slack.open_view("U0ALICE") is (first if left else None)
    assert payloads()[-1]["is_cleared"] is (left == 0)


async def test_a_press_in_a_modal_has_a_view_and_no_channel(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """It brings the values as they stand, and nothing to answer in a channel."""
    button = {"type": "button", "text": plain("Look up"), "action_id": "look_up", "value": "1"}
    actions = {"type": "actions", "block_id": "row", "elements": [button]}
    view = await opened(modal("Find", field("id", "Id"), actions))
    slack.fill("U0ALICE", {"Id": "0d1f"})

    delivery = await slack.press_in_view("U0ALICE", "Look up")

    sent = payloads()[-1]
    assert (delivery.status, sent["type"]) == (200, "block_actions")
    assert sent["container"] == {"type": "view", "view_id": view.id}
    assert sent["view"]["state"]["values"]["id"]["answer"]["value"] == "0d1f"
    assert [(a["action_id"], a["value"]) for a in sent["actions"]] == [("look_up", "1")]
    assert not {"channel", "response_url", "message", "state"} & sent.keys()
    assert slack.open_view("U0ALICE") is view


async def test_a_button_that_is_not_in_the_modal_cannot_be_pressed(
    slack: SlackStandIn, opened: Opened
) -> None:
    """The error names the buttons that are there."""
    button = {"type": "button", "text": plain("Look up"), "action_id": "look_up"}
    await opened(modal("Find", {"type": "actions", "elements": [button]}))

    with pytest.raises(ImpossibleInSlackError, match="look_up"):
        await slack.press_in_view("U0ALICE", "Look away")


async def test_values_of_controls_outside_inputs_are_sent_too(
    slack: SlackStandIn, opened: Opened, payloads: Payloads
) -> None:
    """A menu beside a section has a value, a button has none."""
    menu = {**select("red", "blue"), "action_id": "colour"}
    menu["initial_option"] = menu["options"][0]
    section = {"type": "section", "block_id": "s", "text": plain("Colour"), "accessory": menu}
    button = {"type": "button", "text": plain("Look up"), "action_id": "look_up"}
    await opened(modal("Mixed", section, {"type": "actions", "elements": [button]}))

    await slack.submit("U0ALICE")

    values = payloads()[-1]["view"]["state"]["values"]
    option = {"text": plain("Red"), "value": "red"}
    assert values == {"s": {"colour": {"type": "static_select", "selected_option": option}}}
