"""Shortcuts: what people can use where, and what the app is told of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ImpossibleInSlackError, Shortcut, SlackStandIn
from tests.sandbox.slack.forms import DENY

REPORT, CHECK = "Report", "Check"


Payloads = Callable[[], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture(autouse=True)
def _shortcuts(slack: SlackStandIn) -> None:
    """Give the app a shortcut of each kind."""
    slack.add_shortcut(Shortcut(REPORT, "report", "global"))
    slack.add_shortcut(Shortcut(CHECK, "check", "message"))


async def test_a_global_shortcut_tells_who_and_nothing_else(
    slack: SlackStandIn, payloads: Payloads
) -> None:
    """There is no channel, no message and no response URL."""
    delivery = await slack.use_shortcut("U0ALICE", REPORT)

    (payload,) = payloads()
    assert (delivery.status, delivery.error) == (200, None)
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "report")
    assert payload["user"]["id"] == "U0ALICE"
    assert not payload.keys() & {"channel", "message", "response_url"}


async def test_a_message_shortcut_brings_the_message_along(
    slack: SlackStandIn, payloads: Payloads
) -> None:
    """Whole, with what stands beside its blocks."""
    beside = {"fallback": "down"}
    message = slack.write("U0BOB", "C0INCIDENTS", "look", attachments=[beside])
    await slack.use_message_shortcut("U0ALICE", message, CHECK)

    (payload,) = payloads()
    assert (payload["type"], payload["callback_id"]) == ("message_action", "check")
    assert payload["channel"] == {"id": "C0INCIDENTS", "name": "incidents"}
    assert (payload["message_ts"], payload["message"]["ts"]) == (message.ts, message.ts)
    assert (payload["message"]["user"], payload["message"]["text"]) == ("U0BOB", "look")
    assert payload["message"]["attachments"] == [beside]
    assert payload["message"]["blocks"] == message.blocks


async def test_the_response_url_answers_whoever_used_it(
    slack: SlackStandIn,
    payloads: Payloads,
) -> None:
    """Beside the message, which is not replaced."""
    message = slack.write("U0BOB", "C0INCIDENTS", "look")
    await slack.use_message_shortcut("U0ALICE", message, CHECK)
    async with httpx.AsyncClient() as http:
        await http.post(payloads()[0]["response_url"], json={"text": "seen"})

    assert [m.text for m in slack.ephemerals("U0ALICE", "C0INCIDENTS")] == ["seen"]
    assert message.text == "look"


@pytest.mark.parametrize("late", [False, True])
async def test_a_trigger_opens_a_modal_for_three_seconds(
    slack: SlackStandIn,
    client: AsyncWebClient,
    payloads: Payloads,
    pass_time: Callable[[timedelta], None],
    refusal: Callable[[Any], Any],
    *,
    late: bool,
) -> None:
    """As that of a command or a press."""
    await slack.use_shortcut("U0ALICE", REPORT)
    trigger = payloads()[0]["trigger_id"]
    if late:
        pass_time(timedelta(seconds=3.5))
        answer = await refusal(client.views_open(trigger_id=trigger, view=DENY))
        assert answer["error"] == "expired_trigger_id"
        return
    await client.views_open(trigger_id=trigger, view=DENY)
    assert slack.open_view("U0ALICE") is not None


async def test_what_nobody_could_use(slack: SlackStandIn) -> None:
    """What the manifest has not, in another workspace, on what one does not see."""
    message = slack.write("U0ALICE", "G0MINE", "mine")
    hidden = slack.workspace.post("C0INCIDENTS", "for Bob", [], ephemeral_to="U0BOB")
    shared = slack.write("U0ALICE", "C0SHARED", "ours")
    for using in (
        slack.use_shortcut("U0ALICE", "Other"),
        slack.use_shortcut("U0ALICE", CHECK),
        slack.use_shortcut("U0ELSE", REPORT),
        slack.use_message_shortcut("U0ALICE", message, REPORT),
        slack.use_message_shortcut("U0BOB", message, CHECK),
        slack.use_message_shortcut("U0BOB", hidden, CHECK),
        slack.use_message_shortcut("U0ELSE", shared, CHECK),
    ):
        with pytest.raises(ImpossibleInSlackError):
            await using
    with pytest.raises(ImpossibleInSlackError, match="cannot write"):
        slack.write("U0BOB", "G0MINE", "not mine")
