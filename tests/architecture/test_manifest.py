"""The app's manifests say what the code does, and nothing else."""

import re
from typing import Any

import pytest
import yaml

from bot.cli.app import main
from bot.commands.registry import Registry, discover
from bot.endpoints import EVENTS_PATH
from bot.sandbox import cast
from bot.sandbox.slack import Shortcut
from bot.sandbox.slack import scopes as slacks
from bot.slack.manifest import EVENTS, BadUrlError, manifest
from bot.slack.scopes import NEEDED
from bot.slack.shortcuts import SHORTCUTS, ShortcutId
from tests.architecture.manifests import BY_HTTP, BY_SOCKETS, MANIFESTS, ROOT, read

EXAMPLE = "https://bot.example.com"


def written(command: str = "/token", url: str | None = None) -> dict[str, Any]:
    """Read what the command prints."""
    loaded: dict[str, Any] = yaml.safe_load(manifest(Registry(discover(), command), url))
    return loaded


def called(method: str) -> bool:
    """Tell whether the code calls a method of Slack's Web API."""
    call, name = re.escape(f".{method.replace('.', '_')}("), re.escape(f'"{method}"')
    code = (path.read_text(encoding="utf-8") for path in (ROOT / "bot/slack").rglob("*.py"))
    return any(re.search(f"{call}|{name}", each) for each in code)


@pytest.fixture(params=[BY_HTTP, BY_SOCKETS])
def kept(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each manifest in the folder as Slack reads it."""
    return read(request.param)


@pytest.mark.parametrize(("name", "arguments"), [(BY_HTTP, ["--url", EXAMPLE]), (BY_SOCKETS, [])])
def test_the_files_are_what_the_command_prints(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    arguments: list[str],
) -> None:
    """Whoever takes a file gets what `token-bot manifest` would have printed, to the letter."""
    monkeypatch.setattr("sys.argv", ["token-bot", "manifest", *arguments])
    monkeypatch.delenv("SLASH_COMMAND", raising=False)

    assert main() == 0
    assert capsys.readouterr().out == (MANIFESTS / name).read_text(encoding="utf-8")


def test_the_command_is_named_as_the_setting_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app's command is the one to which the bot answers."""
    monkeypatch.setattr("sys.argv", ["token-bot", "manifest"])
    monkeypatch.setenv("SLASH_COMMAND", "/influx-tokens")

    assert main() == 0
    (command,) = yaml.safe_load(capsys.readouterr().out)["features"]["slash_commands"]
    assert command["command"] == "/influx-tokens"


@pytest.mark.parametrize(
    ("arguments", "setting", "said"),
    [
        (["--url", "http://bot.example.com"], "/token", "begin with https:// alone"),
        ([], "token", "SLASH_COMMAND is no slash command"),
    ],
)
def test_what_cannot_be_is_a_usage_error(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    setting: str,
    said: str,
) -> None:
    """Nothing is printed that Slack would take, and the remedy is said."""
    monkeypatch.setattr("sys.argv", ["token-bot", "manifest", *arguments])
    monkeypatch.setenv("SLASH_COMMAND", setting)

    assert main() == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bot.example.com", "https://bot.example.com/slack/events"),
        ("https://bot.example.com/", "https://bot.example.com/slack/events"),
        ("https://bot.example.com/slack/events", "https://bot.example.com/slack/events"),
        ("https://bot.example.com/slack/events/", "https://bot.example.com/slack/events"),
        ("https://bot.example.com:8443/bots/a", "https://bot.example.com:8443/bots/a/slack/events"),
        ("HTTPS://bot.example.com", "https://bot.example.com/slack/events"),
    ],
)
def test_the_path_is_the_bots_own(url: str, expected: str) -> None:
    """Whether or not it was written, and behind whatever comes before it."""
    made = written(url=url)
    (command,) = made["features"]["slash_commands"]

    assert command["url"] == made["settings"]["interactivity"]["request_url"] == expected


@pytest.mark.parametrize(
    "url",
    [
        *("http://bot.example.com", "bot.example.com", "ftp://bot.example.com", "https://", "/"),
        *("https://u:p@bot.example.com", "https://bot.example.com?a=b", "https://b.example#c"),
        *(
            "https://bot example.com",
            "https://bot.example.com/\n",
            "https://b:99999999",
            "https://[",
        ),
    ],
)
def test_what_slack_could_not_send_to_is_refused(url: str) -> None:
    """With what to give instead."""
    with pytest.raises(BadUrlError, match=r"such as https://bot\.example\.com"):
        written(url=url)


def test_usage_hint_is_made_of_the_commands(kept: dict[str, Any]) -> None:
    """The hint beside the command is what the registry makes of the subcommands."""
    (command,) = kept["features"]["slash_commands"]

    assert command["usage_hint"] == Registry(discover(), "/token").usage_hint()
    assert command["command"] == "/token"


def test_lengths_are_within_slacks(kept: dict[str, Any]) -> None:
    """Names and texts fit (https://docs.slack.dev/reference/app-manifest)."""
    display, features = kept["display_information"], kept["features"]
    (command,) = features["slash_commands"]

    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    assert len(command["usage_hint"]) <= 80
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_every_shortcut_is_one_that_the_bot_knows(kept: dict[str, Any]) -> None:
    """The manifest, the callback ids and the stand-in have the same; their use is tested there."""
    named = [
        Shortcut(s["name"], s["callback_id"], s["type"]) for s in kept["features"]["shortcuts"]
    ]

    assert named == list(cast.SHORTCUTS)
    assert [shortcut.callback_id for shortcut in SHORTCUTS] == list(ShortcutId)


def test_scopes_are_those_of_the_methods_in_use(kept: dict[str, Any]) -> None:
    """Each scope is needed by a call in the code; none is asked for in advance, none missing."""
    used = {scope for method, scope in slacks.NEEDED.items() if called(method)}
    if called("conversations.info"):
        used |= {"channels:read", "groups:read"}

    asked = kept["oauth_config"]["scopes"]["bot"]
    assert set(asked) == {"commands", *used}
    assert asked == [scope.name for scope in NEEDED] == list(cast.SCOPES)


def test_events_and_home_go_together(kept: dict[str, Any]) -> None:
    """The Home tab is switched on where its opening is subscribed to, and nothing else comes."""
    subscribed = kept["settings"].get("event_subscriptions", {}).get("bot_events", [])

    assert subscribed == list(EVENTS)
    assert kept["features"]["app_home"]["home_tab_enabled"] is ("app_home_opened" in EVENTS)


def test_every_address_is_the_same() -> None:
    """Commands, clicks and events go to the one path that the bot serves."""
    text = (MANIFESTS / BY_HTTP).read_text(encoding="utf-8")
    addresses = set(re.findall(r"https://bot[^\s\"]*", text))

    assert addresses == {f"{EXAMPLE}{EVENTS_PATH}"}
    assert read(BY_HTTP)["settings"]["socket_mode_enabled"] is False


def test_socket_mode_differs_in_nothing_else() -> None:
    """The other manifest is the same app without addresses, and with Socket Mode switched on."""
    expected = read(BY_HTTP)
    del expected["features"]["slash_commands"][0]["url"]
    del expected["settings"]["interactivity"]["request_url"]
    expected["settings"].get("event_subscriptions", {}).pop("request_url", None)
    expected["settings"]["socket_mode_enabled"] = True

    assert read(BY_SOCKETS) == expected
    assert "https://bot" not in (MANIFESTS / BY_SOCKETS).read_text(encoding="utf-8")
