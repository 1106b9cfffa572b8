"""Read who asks, and from where, out of Slack's payloads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.intake import Ask
from bot.changes.request import MessageRef, Origin, Person


@dataclass(frozen=True)
class Click:
    """A press of one button: who pressed it, what it stands for, and what it names."""

    ask: Ask
    action_id: str
    value: str


def ask_from_command(body: Mapping[str, Any], delivery: str, now: datetime) -> Ask:
    """Read a slash command's payload.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return Ask(
        person=Person(
            _required(body, "user_id"),
            _required(body, "team_id"),
            _text(body, "enterprise_id") or None,
        ),
        origin=Origin(_required(body, "channel_id"), _secret(body.get("response_url"))),
        delivery=delivery,
        now=now,
    )


def click_from_action(body: Mapping[str, Any], delivery: str, now: datetime) -> Click:
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
    return Click(Ask(person, origin, delivery, now), action["action_id"], value)


def whoever(body: Mapping[str, Any]) -> tuple[Person, Origin]:
    """Read who pressed a button, and where, as far as the payload tells; the rest is empty."""
    user, container = _mapping(body, "user"), _mapping(body, "container")
    person = Person(_text(user, "id"), _text(user, "team_id"), _text(user, "enterprise_id") or None)
    channel = _text(_mapping(body, "channel"), "id") or _text(container, "channel_id")
    ts = _text(container, "message_ts")
    # An ephemeral message can be changed through its response URL alone.
    lasting = bool(channel and ts) and not container.get("is_ephemeral")
    return person, Origin(
        channel or person.user_id,
        _secret(body.get("response_url")),
        MessageRef(channel, ts) if lasting else None,
    )


def _required(body: Mapping[str, Any], key: str) -> str:
    value = _text(body, key)
    if not value:
        raise _unreadable()
    return value


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
