"""Response URLs: five uses in thirty minutes."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack import Message, SlackStandIn

Received = list[tuple[dict[str, str], bytes]]
PassTime = Callable[[timedelta], None]

pytestmark = pytest.mark.usefixtures("bot")

BLOCKS = [
    {
        "type": "actions",
        "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Undo"}}],
    }
]


@pytest.fixture
def asked(slack: SlackStandIn, received: Received) -> Callable[[str], Awaitable[str]]:
    """Have Alice type a command in a channel and give its response URL."""

    async def ask(channel: str) -> str:
        await slack.command("U0ALICE", channel, "/token", "list")
        return parse_qs(received[-1][1].decode())["response_url"][0]

    return ask


@pytest.fixture
def pressed(slack: SlackStandIn, received: Received) -> Callable[[Message], Awaitable[str]]:
    """Have Alice press Undo in a message and give the response URL."""

    async def press(message: Message) -> str:
        await slack.press("U0ALICE", message, "Undo")
        form = parse_qs(received[-1][1].decode())
        return str(json.loads(form["payload"][0])["response_url"])

    return press


async def post(url: str, **body: Any) -> httpx.Response:
    """Post JSON."""
    async with httpx.AsyncClient() as http:
        return await http.post(url, json=body)


async def test_an_answer_is_for_who_asked(
    slack: SlackStandIn, asked: Callable[[str], Awaitable[str]]
) -> None:
    """Unless it says otherwise, an answer is ephemeral; Slack's own client is content."""
    answer = await AsyncWebhookClient(await asked("C0INCIDENTS")).send(text="Three tokens.")

    assert (answer.status_code, answer.body) == (200, "ok")
    (message,) = slack.ephemerals("U0ALICE", "C0INCIDENTS")
    assert (message.text, message.user) == ("Three tokens.", "bot")
    assert slack.visible_to("U0BOB", "C0INCIDENTS") == []
    assert slack.journal[-1].method == "response_url"
    assert slack.journal[-1].arguments["text"] == "Three tokens."


@pytest.mark.parametrize("channel", ["C0AWAY", "G0HID"])
async def test_an_answer_gets_where_the_app_is_not(
    slack: SlackStandIn, asked: Callable[[str], Awaitable[str]], channel: str
) -> None:
    """Channels without the app can be answered, also in public."""
    url = await asked(channel)

    await post(url, text="for you")
    await post(url, text="for all", response_type="in_channel")

    assert [m.text for m in slack.ephemerals("U0ALICE", channel)] == ["for you"]
    assert [m.text for m in slack.messages(channel)] == ["for all"]


async def test_the_sixth_use_is_refused(
    slack: SlackStandIn, asked: Callable[[str], Awaitable[str]]
) -> None:
    """Five answers are shown; a refused post does not count."""
    url = await asked("C0INCIDENTS")

    refused = await post(url, text="")
    statuses = [(await post(url, text=f"{n}")).status_code for n in range(5)]
    sixth = await post(url, text="6")

    assert (refused.status_code, refused.json()["error"]) == (400, "no_text")
    assert statuses == [200] * 5
    assert (sixth.status_code, sixth.json()) == (404, {"ok": False, "error": "used_url"})
    assert len(slack.ephemerals("U0ALICE")) == 5


async def test_after_thirty_minutes_it_is_over(
    slack: SlackStandIn, asked: Callable[[str], Awaitable[str]], pass_time: PassTime
) -> None:
    """At thirty minutes it still works, after them it does not."""
    url = await asked("C0INCIDENTS")

    pass_time(timedelta(minutes=30))
    in_time = await post(url, text="in time")
    pass_time(timedelta(seconds=1))
    late = await post(url, text="late")

    assert in_time.status_code == 200
    assert (late.status_code, late.json()) == (404, {"ok": False, "error": "expired_url"})
    assert [m.text for m in slack.ephemerals("U0ALICE")] == ["in time"]


async def test_a_url_cannot_be_guessed(slack: SlackStandIn) -> None:
    """A path that was not given out is refused."""
    answer = await post(f"{slack.base_url}/response/guess", text="x")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "invalid_json"),
        (b"[]", "json_not_object"),
        (b'{"text": "x", "blocks": [{"type": "nonsense"}]}', "invalid_blocks"),
        (b"{}", "no_text"),
    ],
)
async def test_bad_answers_are_refused(
    slack: SlackStandIn,
    asked: Callable[[str], Awaitable[str]],
    body: bytes,
    error: str,
) -> None:
    """Answers are checked as messages are."""
    async with httpx.AsyncClient() as http:
        answer = await http.post(await asked("C0INCIDENTS"), content=body)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert slack.ephemerals("U0ALICE") == []


async def test_the_pressed_message_can_be_replaced(
    slack: SlackStandIn,
    client: AsyncWebClient,
    pressed: Callable[[Message], Awaitable[str]],
) -> None:
    """replace_original edits the message for everybody."""
    await client.chat_postMessage(channel="C0INCIDENTS", text="disabled", blocks=BLOCKS)
    (message,) = slack.messages("C0INCIDENTS")

    await post(await pressed(message), replace_original=True, text="Working…")

    assert slack.messages("C0INCIDENTS") == [message]
    assert (message.text, message.buttons, message.edited) == ("Working…", [], True)


async def test_an_ephemeral_message_can_be_replaced_and_stays_ephemeral(
    slack: SlackStandIn,
    client: AsyncWebClient,
    pressed: Callable[[Message], Awaitable[str]],
) -> None:
    """Nothing ephemeral becomes public."""
    await client.chat_postEphemeral(
        channel="C0INCIDENTS", user="U0ALICE", text="page 1", blocks=BLOCKS
    )
    (message,) = slack.ephemerals("U0ALICE")

    await post(
        await pressed(message), replace_original=True, response_type="in_channel", text="page 2"
    )

    assert (message.text, message.ephemeral_to) == ("page 2", "U0ALICE")
    assert slack.messages("C0INCIDENTS") == []


async def test_the_pressed_message_can_be_deleted(
    slack: SlackStandIn,
    client: AsyncWebClient,
    pressed: Callable[[Message], Awaitable[str]],
) -> None:
    """delete_original takes it away, once."""
    await client.chat_postEphemeral(channel="C0INCIDENTS", user="U0ALICE", text="x", blocks=BLOCKS)
    url = await pressed(slack.ephemerals("U0ALICE")[0])

    first = await post(url, delete_original=True)
    second = await post(url, delete_original=True)

    assert (first.status_code, second.status_code) == (200, 404)
    assert slack.ephemerals("U0ALICE") == []


async def test_an_answer_to_a_press_leaves_the_message_alone(
    slack: SlackStandIn,
    client: AsyncWebClient,
    pressed: Callable[[Message], Awaitable[str]],
) -> None:
    """Without replace_original the answer is a message of its own, for who pressed."""
    await client.chat_postMessage(channel="C0INCIDENTS", text="disabled", blocks=BLOCKS)
    (message,) = slack.messages("C0INCIDENTS")

    await post(await pressed(message), text="Already undone by @bob.")

    assert message.text == "disabled"
    assert [m.text for m in slack.ephemerals("U0ALICE")] == ["Already undone by @bob."]


async def test_a_command_has_nothing_to_replace(
    slack: SlackStandIn, asked: Callable[[str], Awaitable[str]]
) -> None:
    """What a person typed cannot be changed; the answer is a new message."""
    url = await asked("C0INCIDENTS")

    await post(url, text="first")
    await post(url, text="second", replace_original=True)

    assert [m.text for m in slack.ephemerals("U0ALICE")] == ["first", "second"]


async def test_faults_concern_response_urls_too(
    slack: SlackStandIn, asked: Callable[[str], Awaitable[str]]
) -> None:
    """A fault costs no use, and the next post succeeds."""
    url = await asked("C0INCIDENTS")
    slack.faults.add("response_url", status=503)
    slack.faults.add("response_url", error="expired_url")

    answers = [await post(url, text=f"{n}") for n in range(7)]

    assert [a.status_code for a in answers] == [503, 404, 200, 200, 200, 200, 200]
    assert answers[1].json() == {"ok": False, "error": "expired_url"}
