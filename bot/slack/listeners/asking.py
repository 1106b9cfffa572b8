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
            _required(body, "user_id"), _required(body, "team_id"), body.get("enterprise_id")
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
    user, actions = body.get("user"), body.get("actions")
    container, channel = body.get("container"), body.get("channel")
    if not isinstance(user, Mapping) or not isinstance(actions, list) or not actions:
        raise _unreadable()
    action = actions[0]
    if not isinstance(action, Mapping):
        raise _unreadable()
    place = container if isinstance(container, Mapping) else {}
    where = channel if isinstance(channel, Mapping) else {}
    channel_id = str(where.get("id") or place.get("channel_id") or _required(user, "id"))
    message_ts = place.get("message_ts")
    ephemeral = bool(place.get("is_ephemeral"))
    return Click(
        ask=Ask(
            person=Person(
                _required(user, "id"), _required(user, "team_id"), user.get("enterprise_id")
            ),
            origin=Origin(
                channel_id,
                _secret(body.get("response_url")),
                # An ephemeral message can be changed through its response URL alone.
                None if ephemeral or not message_ts else MessageRef(channel_id, str(message_ts)),
            ),
            delivery=delivery,
            now=now,
        ),
        action_id=_required(action, "action_id"),
        value=str(action.get("value") or ""),
    )


def _required(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise _unreadable()
    return value


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
