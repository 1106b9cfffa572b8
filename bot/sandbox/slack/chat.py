"""The methods that post, change and delete messages.

https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.arguments import required
from bot.sandbox.slack.content import MOST_TEXT_UPDATED, check_content
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.payloads import message_json
from bot.sandbox.slack.replies import RefusedError
from bot.sandbox.slack.workspace import Channel, Workspace

Arguments = Mapping[str, Any]


def post_message(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Post to a channel, or with a person's id to the app's direct messages with them."""
    channel = _channel_to_post(workspace, required(arguments, "channel"))
    content = check_content(arguments)
    message = workspace.post(
        channel.id, content.text, content.blocks, thread_ts=arguments.get("thread_ts")
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(message, workspace.installation),
    }


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Show a message to one person in a channel, where both the app and they are members."""
    channel_id, user = required(arguments, "channel"), required(arguments, "user")
    channel = _member_channel(workspace, workspace.channels.get(channel_id))
    person = workspace.people.get(user)
    if person is None or person.deleted or user not in channel.members:
        raise RefusedError("user_not_in_channel")
    content = check_content(arguments)
    message = workspace.post(
        channel.id,
        content.text,
        content.blocks,
        ephemeral_to=user,
        thread_ts=arguments.get("thread_ts"),
    )
    return {"message_ts": message.ts}


def update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Change one of the app's own messages; text without blocks removes the blocks."""
    message = _own_message(workspace, arguments, "cant_update_message")
    content = check_content(arguments, MOST_TEXT_UPDATED)
    # The page says no more than "rich-text blocks cannot be replaced with non-rich-text blocks";
    # refusing whenever the last rich text would go is the strictest reading.
    if content.blocks and _has_rich_text(message.blocks) and not _has_rich_text(content.blocks):
        raise RefusedError("block_mismatch")
    workspace.edit(message, content.text, content.blocks)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(message, workspace.installation),
    }


def delete(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Delete one of the app's own messages."""
    message = _own_message(workspace, arguments, "cant_delete_message")
    workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _channel_to_post(workspace: Workspace, channel_id: str) -> Channel:
    person = workspace.people.get(channel_id)
    if person is None:
        return _member_channel(workspace, workspace.channels.get(channel_id))
    # Nobody can be reached who is gone, is a bot, or is of another workspace.
    if person.deleted or person.is_bot or person.team_id != workspace.installation.team_id:
        raise RefusedError("channel_not_found")
    return workspace.direct_channel(person.id)


def _member_channel(workspace: Workspace, channel: Channel | None) -> Channel:
    if channel is None:
        raise RefusedError("channel_not_found")
    hidden = channel.is_private or channel.is_im
    if hidden and not channel.bot_is_member:
        raise RefusedError("channel_not_found")
    if channel.is_archived:
        raise RefusedError("is_archived")
    if not channel.bot_is_member and "chat:write.public" not in workspace.installation.scopes:
        raise RefusedError("not_in_channel")
    return channel


def _own_message(workspace: Workspace, arguments: Arguments, error: str) -> Message:
    channel = workspace.channels.get(required(arguments, "channel"))
    ts = required(arguments, "ts")
    if channel is None or ((channel.is_private or channel.is_im) and not channel.bot_is_member):
        raise RefusedError("channel_not_found")
    message = workspace.find(channel.id, ts)
    if message is None or message.ephemeral_to is not None:
        raise RefusedError("message_not_found")
    if message.user != "bot":
        raise RefusedError(error)
    if channel.is_archived:
        raise RefusedError("is_archived")
    return message


def _has_rich_text(blocks: list[dict[str, Any]]) -> bool:
    return any(block["type"] == "rich_text" for block in blocks)
