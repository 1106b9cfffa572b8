"""Read who asks, from where and for what, out of Slack's payloads."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from bot.changes.asking import Ask, Received
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.people import Person
from bot.changes.request import MessageRef, Origin
from bot.commands.identifiers import as_authorization_id
from bot.slack.blocks.action_ids import ORDER
from bot.slack.forms.registry import SURFACE, Forms

HOME = "home"
# Messages name people by their ids, unescaped; https://docs.slack.dev/reference/objects/user-object
_USER = re.compile(r"[UW][A-Z0-9]{1,40}")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,40}")
_CHANNEL = re.compile(r"[CDGUW][A-Z0-9]{1,40}")
_TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,10}")
COMMAND, CLICK, SUBMISSION, SHORTCUT = "command", "click", "submission", "shortcut"
# What is acked once it is answered. Home and a form that loads are filled after their ack, and so
# is decided what had to be stored first.
ACKED_WITH_THEIR_ANSWER = frozenset({COMMAND, CLICK, SUBMISSION, SHORTCUT})


def command_received(body: Mapping[str, Any], delivery: str, now: datetime) -> Received:
    """Read a slash command's payload.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    person = Person(
        _id(body, "user_id", _USER),
        _id(body, "team_id", _TEAM),
        _id(body, "enterprise_id", _TEAM) or None,
    )
    channel_id = _id(body, "channel_id", _CHANNEL)
    if not person.user_id or not person.team_id or not channel_id:
        raise _unreadable()
    origin = Origin(channel_id, _secret(body.get("response_url")))
    content = {"text": str(body.get("text") or "")}
    return Received(Ask(person, origin, delivery, now), COMMAND, content)


def click_received(body: Mapping[str, Any], delivery: str, now: datetime) -> Received:
    """Read a block action's payload.

    The person's own team id counts: people of connected workspaces can press buttons, and the
    payload's other team ids are those of the installation.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    person, origin = whoever(body)
    # Bolt has looked for a listener by the first action's id, so that it is there.
    action = body["actions"][0]
    value = action.get("value", "")
    if not person.user_id or not person.team_id or not isinstance(value, str):
        raise _unreadable()
    content = {"action": str(action["action_id"]), "value": value, "order": _chosen(body)}
    if _text(_mapping(body, "view"), "type") == HOME:
        content[SURFACE] = HOME
    return Received(Ask(person, origin, delivery, now), CLICK, content)


def submission_received(
    body: Mapping[str, Any], delivery: str, now: datetime, forms: Forms
) -> Received:
    """Read a view submission's payload; the view's metadata only names things.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    person, _ = whoever(body)
    view = _mapping(body, "view")
    if not person.user_id or not person.team_id:
        raise _unreadable()
    content, secret, channel_id = forms.read(view)
    origin = Origin(channel_id if _CHANNEL.fullmatch(channel_id) else person.user_id)
    return Received(Ask(person, origin, delivery, now), SUBMISSION, content, secret)


def shortcut_asked(body: Mapping[str, Any], delivery: str, now: datetime) -> Ask:
    """Read who used a shortcut, and where; a global one is used nowhere.

    Slack does not always tell the person's own team here, but it offers shortcuts to people of
    the workspace in which they were used alone.

    Source: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    person, origin = whoever(body)
    if not person.team_id:
        person = replace(person, team_id=_id(_mapping(body, "team"), "id", _TEAM))
    if not person.user_id or not person.team_id:
        raise _unreadable()
    return Ask(person, origin, delivery, now)


def whoever(body: Mapping[str, Any]) -> tuple[Person, Origin]:
    """Read who pressed a button, and where, as far as the payload tells; the rest is empty."""
    user, container = _mapping(body, "user"), _mapping(body, "container")
    person = Person(
        _id(user, "id", _USER),
        _id(user, "team_id", _TEAM),
        _id(user, "enterprise_id", _TEAM) or None,
    )
    channel = _id(_mapping(body, "channel"), "id", _CHANNEL)
    channel = channel or _id(container, "channel_id", _CHANNEL)
    ts = _id(container, "message_ts", _TS)
    # An ephemeral message can be changed through its response URL alone.
    lasting = bool(channel and ts) and not container.get("is_ephemeral")
    return person, Origin(
        channel or person.user_id,
        _secret(body.get("response_url")),
        MessageRef(channel, ts) if lasting else None,
    )


def opened_by(body: Mapping[str, Any]) -> Person | None:
    """Read who has opened the app; Slack tells of its own workspace's people alone.

    Source: https://docs.slack.dev/reference/events/app_home_opened
    """
    user_id = _id(_mapping(body, "event"), "user", _USER)
    team_id = _id(body, "team_id", _TEAM)
    if not user_id or not team_id:
        return None
    return Person(user_id, team_id, _id(body, "enterprise_id", _TEAM) or None)


def trigger_of(body: Mapping[str, Any]) -> str:
    """Give the id with which a modal can be opened for three seconds; it is not stored."""
    return _text(body, "trigger_id")


def _chosen(body: Mapping[str, Any]) -> str:
    """Give what is chosen in the message's list of tokens, in the order in which it was chosen.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    values = _mapping(_mapping(body, "state"), "values")
    field = _mapping(_mapping(values, ORDER), ORDER)
    chosen = field.get("selected_options")
    options = chosen if isinstance(chosen, list) else []
    named = (_text(each, "value") for each in options if isinstance(each, Mapping))
    return " ".join(each for each in named if as_authorization_id(each.rpartition(":")[2]))


def _id(body: Mapping[str, Any], key: str, shape: re.Pattern[str]) -> str:
    """Give one of Slack's ids; empty if it is none, so that no other text passes for one."""
    value = _text(body, key)
    return value if shape.fullmatch(value) else ""


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _mapping(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def _secret(value: object) -> SecretStr | None:
    return SecretStr(value) if isinstance(value, str) and value else None


def _unreadable() -> UserError:
    return UserError(
        Problem(
            ErrorCode.USAGE,
            "Slack sent something that this bot cannot read. Nothing was changed.",
            "Type the command instead.",
        )
    )
