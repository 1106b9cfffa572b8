"""The methods that read who the app is, who is there, and where.

https://docs.slack.dev/reference/methods/users.info and its neighbours.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.arguments import required
from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.scopes import require, scope_to_read
from bot.sandbox.slack.workspace import Channel, Person, Workspace

Arguments = Mapping[str, Any]


def auth_test(workspace: Workspace, _arguments: Arguments) -> dict[str, Any]:
    """Say which app in which workspace the token belongs to."""
    installation = workspace.installation
    return {
        "url": f"https://{installation.team_domain}.slack.com/",
        "team": installation.team_domain,
        "user": installation.bot_name,
        "team_id": installation.team_id,
        "user_id": installation.bot_user_id,
        "bot_id": installation.bot_id,
        "is_enterprise_install": False,
    }


def users_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Describe a person, deactivated ones included."""
    person = workspace.people.get(required(arguments, "user"))
    if person is None:
        raise RefusedError("user_not_found")
    return {"user": _user_json(person)}


def conversations_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Describe a channel; which scope that takes depends on its kind."""
    channel = workspace.channels.get(required(arguments, "channel"))
    require(workspace.installation, scope_to_read(channel))
    if channel is None or ((channel.is_private or channel.is_im) and not channel.bot_is_member):
        raise RefusedError("channel_not_found")
    return {"channel": _channel_json(channel)}


def conversations_open(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Open the app's direct messages with one person."""
    people = [workspace.people.get(user) for user in required(arguments, "users").split(",")]
    if len(people) != 1 or people[0] is None:
        raise RefusedError("user_not_found")
    if people[0].is_bot:
        raise RefusedError("cannot_dm_bot")
    if people[0].deleted:
        raise RefusedError("user_disabled")
    return {"channel": {"id": workspace.direct_channel(people[0].id).id}}


def _user_json(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "real_name": person.name.title(),
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_stranger": person.is_stranger,
        "tz": "Etc/UTC",
        "profile": {"display_name": person.name, "real_name": person.name.title()},
    }


def _channel_json(channel: Channel) -> dict[str, Any]:
    kind = {
        "id": channel.id,
        "is_channel": not (channel.is_private or channel.is_im),
        "is_group": channel.is_private,
        "is_im": channel.is_im,
        "is_mpim": False,
        "is_private": channel.is_private or channel.is_im,
        "is_archived": channel.is_archived,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
    }
    if channel.is_im:
        return kind | {"user": next(iter(channel.members), "")}
    return kind | {"name": channel.name, "is_member": channel.bot_is_member}
