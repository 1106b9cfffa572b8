"""The methods that open and change modals, and publish Home.

https://docs.slack.dev/reference/methods/views.open and its neighbours.
"""

from collections.abc import Mapping
from typing import Any

from bot.block_kit import Surface
from bot.sandbox.slack.arguments import required
from bot.sandbox.slack.content import check_view
from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.view_payloads import view_json
from bot.sandbox.slack.workspace import Workspace

Arguments = Mapping[str, Any]


def open_view(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Show a modal to who caused the trigger.

    Whether a view that is refused uses the trigger up is not documented; here it does not.
    """
    definition = check_view(arguments.get("view"))
    trigger = workspace.triggers.exchange(required(arguments, "trigger_id"))
    view = workspace.modals.open(trigger.person, definition)
    return {"view": view_json(view, workspace.installation)}


def push_view(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Put a view in front of the one in which the trigger was caused."""
    definition = check_view(arguments.get("view"))
    trigger = workspace.triggers.exchange(required(arguments, "trigger_id"))
    if trigger.view is None or not trigger.view.is_open:
        raise RefusedError("not_found")
    view = workspace.modals.push(trigger.view, definition)
    return {"view": view_json(view, workspace.installation)}


def publish_view(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Replace a person's Home, if it still has the hash that is given.

    Source: https://docs.slack.dev/reference/methods/views.publish
    """
    definition = check_view(arguments.get("view"), Surface.HOME)
    person = workspace.people.get(required(arguments, "user_id"))
    if person is None or person.team_id != workspace.installation.team_id:
        raise RefusedError("user_not_found")
    view_hash = arguments.get("hash")
    view = workspace.homes.publish(person.id, definition, view_hash)
    return {"view": view_json(view, workspace.installation)}


def update_view(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Replace what a view says, if it still has the hash that is given."""
    definition = check_view(arguments.get("view"))
    if arguments.get("view_id") and arguments.get("external_id"):
        problem = "[ERROR] Cannot provide both `view_id` and `external_id`"
        raise RefusedError("invalid_arguments", response_metadata={"messages": [problem]})
    if arguments.get("external_id"):
        view = workspace.modals.find_external(required(arguments, "external_id"))
    else:
        view = workspace.modals.find(required(arguments, "view_id"))
    if view is None:
        raise RefusedError("not_found")
    if arguments.get("hash") not in (None, view.hash):
        raise RefusedError("hash_conflict")
    workspace.modals.update(view, definition)
    return {"view": view_json(view, workspace.installation)}
