"""Views as Slack writes them, and what it sends to an app of what people do in them.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.payloads import interaction, interaction_form
from bot.sandbox.slack.workspace import Installation, Workspace


def view_json(view: View, installation: Installation) -> dict[str, Any]:
    """Write a view as Slack does in answers and payloads."""
    return {
        "id": view.id,
        "team_id": installation.team_id,
        "type": view.definition["type"],
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        # As it is now: what is filled in later was not in this answer.
        "state": {"values": deepcopy(view.state)},
        "hash": view.hash,
        "title": view.definition.get("title"),
        "clear_on_close": view.definition.get("clear_on_close", False),
        "notify_on_close": view.definition.get("notify_on_close", False),
        "close": view.definition.get("close"),
        "submit": view.definition.get("submit"),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": installation.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": installation.team_id,
        "bot_id": installation.bot_id,
    }


def submission_form(workspace: Workspace, view: View, team_id: str) -> bytes:
    """Write the body of a submission; ``team_id`` is the workspace of who submits."""
    person = workspace.people[view.person]
    return interaction_form(
        {
            "type": "view_submission",
            **interaction(workspace, person, team_id),
            "trigger_id": workspace.triggers.issue(person.id, view),
            "view": view_json(view, workspace.installation),
            "response_urls": [],
        }
    )


def closing_form(workspace: Workspace, view: View, *, is_cleared: bool) -> bytes:
    """Write the body that tells of a view that was closed, alone or with its whole modal."""
    person = workspace.people[view.person]
    return interaction_form(
        {
            "type": "view_closed",
            **interaction(workspace, person, person.team_id),
            "view": view_json(view, workspace.installation),
            "is_cleared": is_cleared,
        }
    )


def view_actions_form(
    workspace: Workspace, view: View, action: Mapping[str, Any], team_id: str | None = None
) -> bytes:
    """Write the body of an action in a view: it has no channel and no response URL.

    Args:
        workspace: The workspace.
        view: A modal's view, or a Home.
        action: The button that was pressed, or what was typed or chosen.
        team_id: The workspace of who did it, if not their own.
    """
    person = workspace.people[view.person]
    return interaction_form(
        {
            "type": "block_actions",
            **interaction(workspace, person, team_id or person.team_id),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": workspace.triggers.issue(person.id, view),
            "view": view_json(view, workspace.installation),
            "actions": [action],
        }
    )


def home_opened(workspace: Workspace, user: str, tab: str) -> dict[str, Any]:
    """Write the event that somebody has opened the app; it has their Home, if there is one.

    Source: https://docs.slack.dev/reference/events/app_home_opened
    """
    view = workspace.homes.of(user)
    shown = {} if view is None else {"view": view_json(view, workspace.installation)}
    return {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.direct_channel(user).id,
        "tab": tab,
        "event_ts": f"{workspace.now().timestamp():.6f}",
        **shown,
    }
