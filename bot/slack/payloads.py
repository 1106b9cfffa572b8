"""What is taken out of what Slack sends, whichever way it came.

Bolt looks at much else, and stumbles where that is not of the shape that Slack gives it.
"""

from collections.abc import Mapping
from enum import StrEnum


class EventName(StrEnum):
    """The events to which the app subscribes, as its manifest says."""

    APP_HOME_OPENED = "app_home_opened"


_OF_A_COMMAND = (
    *("command", "text", "user_id", "team_id", "enterprise_id", "channel_id"),
    *("response_url", "trigger_id", "api_app_id"),
)
_OF_A_PRESS = ("user", "team", "enterprise", "channel", "container", "state")
_OF_A_SUBMISSION = ("user", "team", "enterprise")
_SHORTCUTS = ("shortcut", "message_action")
_OF_A_SHORTCUT = ("user", "team", "enterprise", "channel", "message")
_OF_A_VIEW = ("callback_id", "private_metadata", "state")
_OF_AN_EVENT = ("team_id", "enterprise_id", "event_id")
_OF_HOME_OPENED = ("user", "tab")


def reduced(payload: Mapping[str, object]) -> dict[str, object] | None:
    """Take out of a payload what the listeners read; None if none of them listens to it."""
    return (
        _command(payload)
        or _press(payload)
        or _submission(payload)
        or _shortcut(payload)
        or _event(payload)
    )


def _command(payload: Mapping[str, object]) -> dict[str, object] | None:
    """Take out of a slash command what the listeners read, or give None if it is none."""
    told = {key: payload[key] for key in _OF_A_COMMAND if isinstance(payload.get(key), str)}
    return told if told.get("command") else None


def _press(payload: Mapping[str, object]) -> dict[str, object] | None:
    """Take out of a press of a button what the listeners read, or give None if it is none."""
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if payload.get("type") != "block_actions" or not isinstance(action, Mapping):
        return None
    if not isinstance(action.get("action_id"), str):
        return None
    told = {key: payload[key] for key in _OF_A_PRESS if isinstance(payload.get(key), Mapping)}
    texts = {key: payload[key] for key in ("response_url", "trigger_id") if key in payload}
    view = payload.get("view")
    shown = {"view": {"type": view.get("type")}} if isinstance(view, Mapping) else {}
    return {"type": "block_actions", "actions": [action], **told, **texts, **shown}


def _submission(payload: Mapping[str, object]) -> dict[str, object] | None:
    """Take out of a view's submission what the listeners read, or give None if it is none."""
    view = payload.get("view")
    if payload.get("type") != "view_submission" or not isinstance(view, Mapping):
        return None
    if not isinstance(view.get("callback_id"), str):
        return None
    told = {key: payload[key] for key in _OF_A_SUBMISSION if isinstance(payload.get(key), Mapping)}
    shown = {key: view[key] for key in _OF_A_VIEW if key in view}
    return {"type": "view_submission", "view": {"type": "modal", **shown}, **told}


def _shortcut(payload: Mapping[str, object]) -> dict[str, object] | None:
    """Take out of a shortcut's use what the listeners read, or give None if it is none."""
    if payload.get("type") not in _SHORTCUTS:
        return None
    if not isinstance(payload.get("callback_id"), str):
        return None
    told = {key: payload[key] for key in _OF_A_SHORTCUT if isinstance(payload.get(key), Mapping)}
    texts = {
        key: payload[key]
        for key in ("type", "callback_id", "response_url", "trigger_id")
        if key in payload
    }
    return {**told, **texts}


def _event(payload: Mapping[str, object]) -> dict[str, object] | None:
    """Take out of an event that somebody has opened the app what the listeners read, or None.

    Source: https://docs.slack.dev/reference/events/app_home_opened
    """
    event = payload.get("event")
    if payload.get("type") != "event_callback" or not isinstance(event, Mapping):
        return None
    if event.get("type") != EventName.APP_HOME_OPENED:
        return None
    told = {key: event[key] for key in _OF_HOME_OPENED if isinstance(event.get(key), str)}
    whole = {key: payload[key] for key in _OF_AN_EVENT if isinstance(payload.get(key), str)}
    named = {"type": EventName.APP_HOME_OPENED.value, **told}
    return {"type": "event_callback", "event": named, **whole}
