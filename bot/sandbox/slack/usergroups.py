"""The methods that read user groups, which only paid plans have.

https://docs.slack.dev/reference/methods/usergroups.list and its neighbour.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.arguments import is_set, required
from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.workspace import Usergroup, Workspace

Arguments = Mapping[str, Any]


def list_groups(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List the user groups, with their members and their number if that is asked for."""
    _require_paid_plan(workspace)
    disabled_too = is_set(arguments, "include_disabled")
    shown = [g for g in workspace.usergroups.values() if disabled_too or not g.is_disabled]
    return {"usergroups": [_usergroup_json(group, workspace, arguments) for group in shown]}


def list_members(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List the ids of a user group's members, without the deactivated ones.

    What becomes of a disabled group is not documented beyond "allow results that involve disabled
    User Groups"; without that, it is taken for none.
    """
    _require_paid_plan(workspace)
    group = workspace.usergroups.get(required(arguments, "usergroup"))
    if group is None or (group.is_disabled and not is_set(arguments, "include_disabled")):
        raise RefusedError("no_such_subteam")
    return {"users": _active_members(group, workspace)}


def _require_paid_plan(workspace: Workspace) -> None:
    if workspace.is_on_free_plan:
        raise RefusedError("plan_upgrade_required")


def _active_members(group: Usergroup, workspace: Workspace) -> list[str]:
    gone = {person.id for person in workspace.people.values() if person.deleted}
    return [member for member in group.members if member not in gone]


def _usergroup_json(group: Usergroup, workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    members = _active_members(group, workspace)
    written: dict[str, Any] = {
        "id": group.id,
        "team_id": workspace.installation.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.handle.title(),
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_delete": int(workspace.now().timestamp()) if group.is_disabled else 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
    }
    if is_set(arguments, "include_count"):
        written["user_count"] = len(members)
    if is_set(arguments, "include_users"):
        written["users"] = members
    return written
