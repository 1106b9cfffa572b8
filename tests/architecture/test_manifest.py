"""The app's manifests say what the code does, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.registry import Registry, discover
from bot.sandbox.slack.scopes import NEEDED

MANIFESTS = Path(__file__).parents[2] / "manifests"
BY_HTTP, BY_SOCKETS = "slack-app.yaml", "slack-app-socket-mode.yaml"


def read(name: str) -> dict[str, Any]:
    """Read a manifest as Slack does."""
    loaded: dict[str, Any] = yaml.safe_load((MANIFESTS / name).read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(params=[BY_HTTP, BY_SOCKETS])
def manifest(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each manifest as Slack reads it."""
    return read(request.param)


def test_usage_hint_is_made_of_the_commands(manifest: dict[str, Any]) -> None:
    """The hint beside the command is what the registry makes of the subcommands."""
    (command,) = manifest["features"]["slash_commands"]

    assert command["usage_hint"] == Registry(discover(), "/token").usage_hint()
    assert command["command"] == "/token"


def test_lengths_are_within_slacks(manifest: dict[str, Any]) -> None:
    """Names and texts fit (https://docs.slack.dev/reference/app-manifest)."""
    display = manifest["display_information"]
    (command,) = manifest["features"]["slash_commands"]

    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    assert len(command["usage_hint"]) <= 80


def test_scopes_are_those_of_the_methods_in_use(manifest: dict[str, Any]) -> None:
    """Each scope is needed by a call in the code; none is asked for in advance."""
    code = "\n".join(p.read_text() for p in (Path("bot") / "slack").rglob("*.py"))
    used = {scope for method, scope in NEEDED.items() if method in code}

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {
        "commands",
        "channels:read",
        "groups:read",
        *used,
    }


def test_every_address_is_the_same() -> None:
    """Commands and clicks go to the one path that the bot serves."""
    manifest = read(BY_HTTP)
    (command,) = manifest["features"]["slash_commands"]

    assert command["url"] == manifest["settings"]["interactivity"]["request_url"]
    assert command["url"].endswith("/slack/events")
    assert manifest["settings"]["socket_mode_enabled"] is False


def test_socket_mode_differs_in_nothing_else() -> None:
    """The other manifest is the same app without addresses, and with Socket Mode switched on."""
    expected = read(BY_HTTP)
    del expected["features"]["slash_commands"][0]["url"]
    del expected["settings"]["interactivity"]["request_url"]
    expected["settings"]["socket_mode_enabled"] = True

    assert read(BY_SOCKETS) == expected
    assert "https://bot" not in (MANIFESTS / BY_SOCKETS).read_text(encoding="utf-8")
