"""Whatever the manifest offers people reaches a listener, over HTTP and over sockets."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message, Shortcut
from bot.slack.payloads import reduced
from tests.world import World, world

MANIFESTS = Path(__file__).parents[2] / "manifests"
FRUITLESS = ("of another version of this bot", "The bot itself stumbled")
NAMES = {False: "slack-app.yaml", True: "slack-app-socket-mode.yaml"}


def manifest(*, socket_mode: bool) -> dict[str, Any]:
    """Read the manifest with which the app would have been created."""
    text = (MANIFESTS / NAMES[socket_mode]).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def installed(here: World, app: dict[str, Any]) -> None:
    """Install the app as its manifest says, and as nothing else does."""
    here.slack.shortcuts.by_name.clear()
    for each in app["features"]["shortcuts"]:
        here.slack.add_shortcut(Shortcut(each["name"], each["callback_id"], each["type"]))
    here.slack.should_escape = app["features"]["slash_commands"][0]["should_escape"]


def told(here: World) -> list[Message]:
    """Give all that the bot has told Alice by now, wherever."""
    return [*here.slack.ephemerals(cast.ALICE), *here.slack.direct_messages(cast.ALICE)]


@pytest.mark.parametrize("socket_mode", [False, True])
async def test_each_shortcut_reaches_its_listener(tmp_path: Path, *, socket_mode: bool) -> None:
    """It is acked, and what comes of it is what the shortcut is for."""
    app = manifest(socket_mode=socket_mode)
    async with world(tmp_path, socket_mode=socket_mode) as here:
        await here.start()
        installed(here, app)
        for shortcut in app["features"]["shortcuts"]:
            before, name = len(told(here)), shortcut["name"]
            if shortcut["type"] == "global":
                delivery = await here.slack.use_shortcut(cast.ALICE, name)
            else:
                message = here.slack.write(cast.CAROL, cast.INCIDENTS, TELEGRAF_EDGE_42)
                delivery = await here.slack.use_message_shortcut(cast.ALICE, message, name)
            await here.settled()

            assert (delivery.status, delivery.error) == (200, None)
            answers = [message.plain for message in told(here)[before:]]
            assert answers or here.slack.open_view(cast.ALICE) is not None
            assert not any(fruitless in "".join(answers) for fruitless in FRUITLESS)


@pytest.mark.parametrize("socket_mode", [False, True])
async def test_each_command_reaches_its_listener(tmp_path: Path, *, socket_mode: bool) -> None:
    """By the name that the manifest gives it."""
    app = manifest(socket_mode=socket_mode)
    async with world(tmp_path, socket_mode=socket_mode) as here:
        await here.start()
        installed(here, app)
        for command in app["features"]["slash_commands"]:
            name = command["command"]
            delivery = await here.slack.command(cast.ALICE, cast.INCIDENTS, name, "help")

            assert delivery.shown is not None
            assert f"{name} disable ID" in delivery.shown.plain


@pytest.mark.parametrize("socket_mode", [False, True])
async def test_buttons_are_heard_where_interactivity_is_on(
    tmp_path: Path, *, socket_mode: bool
) -> None:
    """The manifest switches on what the bot's messages need."""
    app = manifest(socket_mode=socket_mode)
    assert app["settings"]["interactivity"]["is_enabled"] is True
    async with world(tmp_path, socket_mode=socket_mode) as here:
        await here.start()
        await here.say(f"show {TELEGRAF_EDGE_42}")
        await here.press(here.slack.ephemerals(cast.ALICE)[-1], "Disable")

        assert "Token disabled" in here.channel()[-1].plain


def test_each_event_is_read() -> None:
    """What is subscribed to is not thrown away unread."""
    for app in (manifest(socket_mode=False), manifest(socket_mode=True)):
        for event in app["settings"].get("event_subscriptions", {}).get("bot_events", []):
            sent = {"type": event, "user": cast.ALICE, "tab": "home"}
            assert reduced({"type": "event_callback", "event": sent}) is not None


async def test_the_scopes_of_the_manifest_are_enough(tmp_path: Path) -> None:
    """With no other scope than the manifest's, nothing that the bot does is refused for one."""
    app = manifest(socket_mode=False)
    async with world(tmp_path, scopes=app["oauth_config"]["scopes"]["bot"]) as here:
        await here.start(policy=cast.SECOND_PERSON)
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        await here.say("enable 0f0b90b49dc03001")
        await here.say(f"disable {TELEGRAF_EDGE_42}", channel=cast.SHARED)
        await here.say(f"describe {TELEGRAF_EDGE_42} edge", channel=cast.SECURITY, user=cast.BOB)
        await here.press(here.channel()[-1], "Approve", user=cast.CAROL)

        called = {call.method for call in here.slack.journal}
        refused = [c for c in here.slack.journal if c.answer.get("error") == "missing_scope"]
        assert {"users.info", "usergroups.users.list", "conversations.info"} <= called
        assert {"chat.postMessage", "chat.update"} <= called
        assert refused == []
