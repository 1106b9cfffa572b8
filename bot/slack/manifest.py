"""The app's manifest: what Slack has to know of the app, made of what the code listens to.

Source: https://docs.slack.dev/reference/app-manifest
"""

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.commands.registry import Registry
from bot.endpoints import EVENTS_PATH
from bot.slack.payloads import EventName
from bot.slack.scopes import NEEDED
from bot.slack.shortcuts import SHORTCUTS

EVENTS: Sequence[str] = tuple(EventName)
"""The events to which the app subscribes."""

_HOW = 'https://api.slack.com/apps, "Create New App", "From an app manifest"'
_BY_SOCKETS = f"""\
# The Slack app, in Socket Mode: nothing needs to reach your bot. Create the app from this manifest:
# {_HOW}. Then, under Basic Information,
# make an app-level token with connections:write for SLACK_APP_TOKEN."""
_BY_HTTP = f"""\
# The Slack app, over HTTP. Create it from this manifest:
# {_HOW}."""
_ABOUT = """\
_metadata:
  major_version: 1
  minor_version: 1
display_information:
  name: InfluxDB token bot
  description: Disable, enable, describe and look up InfluxDB API tokens from Slack.
  long_description: >-
    On-call engineers and security responders stop a leaked InfluxDB API token from the channel they
    are in. The bot checks who asks, changes the authorization, reads it back, says so to everybody
    with an Undo button, and keeps a record that can be checked. It never shows a token's secret.
  background_color: "#2C2D72\""""
_HOME = """\
    messages_tab_enabled: true
    # The command is typed in the app's direct messages too, so people must be able to write there.
    messages_tab_read_only_enabled: false
  bot_user:
    display_name: token-bot
    always_online: true"""

_ESCAPING = """\
      # Mentions arrive as user ids, which "history @user" needs; the bot decodes the rest.
      should_escape: true"""


class BadUrlError(ValueError):
    """An address that Slack could not send to; the text says what is wrong and what to do."""


def manifest(registry: Registry, url: str | None = None) -> str:
    """Write the manifest as YAML.

    Args:
        registry: Knows the command's name and what can follow it.
        url: Where the bot is reached from outside; None for Socket Mode.

    Raises:
        BadUrlError: If Slack could not send there.
    """
    request_url = None if url is None else _request_url(url)
    return "\n".join(_lines(registry, request_url)) + "\n"


def _lines(registry: Registry, url: str | None) -> Iterator[str]:
    yield _BY_SOCKETS if url is None else _BY_HTTP
    yield _ABOUT
    yield "features:"
    yield "  app_home:"
    yield f"    home_tab_enabled: {_yes(EventName.APP_HOME_OPENED in EVENTS)}"
    yield _HOME
    yield "  slash_commands:"
    yield f"    - command: {registry.command}"
    if url is not None:
        yield f"      url: {_text(url)}"
    yield "      description: Find, disable, enable and describe InfluxDB API tokens"
    yield f"      usage_hint: {_text(registry.usage_hint())}"
    yield _ESCAPING
    yield from _shortcuts()
    yield "oauth_config:"
    yield "  scopes:"
    yield "    bot:"
    yield from (f"      - {scope.name} # {scope.use}" for scope in NEEDED)
    yield "settings:"
    yield "  interactivity:"
    yield "    is_enabled: true"
    if url is not None:
        yield f"    request_url: {_text(url)}"
    yield from _events(url)
    yield "  org_deploy_enabled: false"
    yield f"  socket_mode_enabled: {_yes(url is None)}"
    yield "  token_rotation_enabled: false"


def _shortcuts() -> Iterator[str]:
    yield "  shortcuts:"
    for shortcut in SHORTCUTS:
        yield f"    - name: {_text(shortcut.name)}"
        yield f"      type: {shortcut.type}"
        yield f"      callback_id: {shortcut.callback_id}"
        yield f"      description: {_text(shortcut.description)}"


def _events(url: str | None) -> Iterator[str]:
    if not EVENTS:
        return
    yield "  event_subscriptions:"
    if url is not None:
        yield f"    request_url: {_text(url)}"
    yield "    bot_events:"
    yield from (f"      - {event}" for event in EVENTS)


def _request_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme != "https" or any(not each.isprintable() for each in url):
        raise BadUrlError(
            "Slack sends to addresses that begin with https:// alone. Give the bot's address, such "
            "as https://bot.example.com, or leave it out for Socket Mode."
        )
    if " " in url or "@" in parts.netloc or parts.query or parts.fragment:
        raise BadUrlError(
            "This holds more than an address: a blank, a user, a password, a query or a fragment. "
            "Give the bot's address alone, such as https://bot.example.com."
        )
    path = parts.path.rstrip("/").removesuffix(EVENTS_PATH)
    return f"https://{parts.netloc}{path}{EVENTS_PATH}"


def _text(text: str) -> str:
    """Quote a text: what JSON writes is YAML as well."""
    return json.dumps(text, ensure_ascii=False)


def _yes(flag: bool) -> str:  # noqa: FBT001 - it is what is written
    return "true" if flag else "false"
