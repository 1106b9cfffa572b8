"""The bodies that Slack sends to an app.

https://docs.slack.dev/interactivity/implementing-slash-commands
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from bot.sandbox.slack.inputs import State
from bot.sandbox.slack.messages import Button, Message
from bot.sandbox.slack.workspace import Channel, Installation, Person, Workspace

_ESCAPED: Final = re.compile(r"(?P<url>https?://[^\s<>|]+)|(?P<name>[@#][\w.-]+)")

# The deprecated verification token, which an app must neither use nor log.
_VERIFICATION_TOKEN: Final = "verification-token"  # noqa: S105 - it verifies nothing


@dataclass(frozen=True)
class Origin:
    """Who did something where, and how the app can answer."""

    person: Person
    channel: Channel
    response_url: str


def command_form(workspace: Workspace, origin: Origin, command: str, text: str) -> bytes:
    """Write the body of a slash command; ``text`` is as it is to arrive."""
    installation = workspace.installation
    return urlencode(
        {
            "token": _VERIFICATION_TOKEN,
            "team_id": installation.team_id,
            "team_domain": installation.team_domain,
            "channel_id": origin.channel.id,
            "channel_name": channel_name(origin.channel),
            "user_id": origin.person.id,
            "user_name": origin.person.name,
            "command": command,
            "text": text,
            "api_app_id": installation.app_id,
            "is_enterprise_install": "false",
            "response_url": origin.response_url,
            "trigger_id": workspace.triggers.issue(origin.person.id),
        }
    ).encode()


def block_actions_form(
    workspace: Workspace,
    origin: Origin,
    message: Message,
    button: Button,
    team_id: str,
    state: State,
) -> bytes:
    """Write the body of a press on a button.

    Slack leaves out the message itself if it is ephemeral.

    Args:
        workspace: Where it is.
        origin: Who pressed it where.
        message: In which message it is.
        button: Which one.
        team_id: The workspace of who pressed it.
        state: What they have chosen in the message, by block_id and action_id.
    """
    installation = workspace.installation
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    payload: dict[str, Any] = {
        "type": "block_actions",
        **interaction(workspace, origin.person, team_id),
        "container": container,
        "trigger_id": workspace.triggers.issue(origin.person.id),
        "channel": {"id": origin.channel.id, "name": channel_name(origin.channel)},
        "state": {"values": state},
        "response_url": origin.response_url,
        "actions": [action_json(button, workspace)],
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    if message.ephemeral_to is None:
        payload["message"] = message_json(message, installation)
    return interaction_form(payload)


def interaction(workspace: Workspace, person: Person, team_id: str) -> dict[str, Any]:
    """Write what every interaction says: who, from which workspace, with which app."""
    installation = workspace.installation
    return {
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": team_id,
        },
        "api_app_id": installation.app_id,
        "token": _VERIFICATION_TOKEN,
        "team": {"id": installation.team_id, "domain": installation.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def interaction_form(payload: Mapping[str, Any]) -> bytes:
    """Write the body of an interaction: one field, with JSON in it."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def event_body(workspace: Workspace, event: Mapping[str, Any]) -> bytes:
    """Write what tells the app of an event.

    Source: https://docs.slack.dev/apis/events-api/#event-type-structure
    """
    installation = workspace.installation
    number = workspace.next_event()
    return json.dumps(
        {
            "token": _VERIFICATION_TOKEN,
            "team_id": installation.team_id,
            "api_app_id": installation.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev0HOME{number}",
            "event_time": int(workspace.now().timestamp()),
            "is_ext_shared_channel": False,
        }
    ).encode()


def message_json(message: Message, installation: Installation) -> dict[str, Any]:
    """Write a message as Slack does in answers and payloads."""
    written: dict[str, Any] = {
        "type": "message",
        "ts": message.ts,
        "text": message.text,
        "team": installation.team_id,
        "user": installation.bot_user_id if message.user == "bot" else message.user,
    }
    if message.user == "bot":
        written |= {"bot_id": installation.bot_id, "app_id": installation.app_id}
    if message.blocks:
        written["blocks"] = message.blocks
    if message.attachments:
        written["attachments"] = message.attachments
    if message.thread_ts is not None:
        written["thread_ts"] = message.thread_ts
    if message.edited:
        written["edited"] = {"user": installation.bot_id, "ts": message.ts}
    return written


def escaped(text: str, workspace: Workspace) -> str:
    """Escape a command's text as Slack does where ``should_escape`` is on.

    Addresses become ``<https://…>``, names of people ``<@U…|name>``, names of channels
    ``<#C…|name>`` or, if private, ``<#C…|>``; names that nobody has stay.
    """
    people = {f"@{person.name}": person for person in workspace.people.values()}
    channels = {f"#{c.name}": c for c in workspace.channels.values() if not c.is_im}

    def escape(match: re.Match[str]) -> str:
        written = match.group(0)
        if match.group("url"):
            return f"<{written}>"
        if (person := people.get(written)) is not None:
            return f"<@{person.id}|{person.name}>"
        if (channel := channels.get(written)) is not None:
            return f"<#{channel.id}|{'' if channel.is_private else channel.name}>"
        return written

    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ESCAPED.sub(escape, entities)


def channel_name(channel: Channel) -> str:
    """Give what Slack calls a channel in payloads."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def action_json(button: Button, workspace: Workspace) -> dict[str, Any]:
    """Write which button was pressed."""
    action: dict[str, Any] = {
        "type": "button",
        "action_id": button.action_id,
        "block_id": button.block_id,
        "text": {"type": "plain_text", "text": button.text, "emoji": True},
        "action_ts": f"{workspace.now().timestamp():.6f}",
    }
    optional = {"value": button.value, "style": button.style}
    return action | {key: value for key, value in optional.items() if value is not None}
