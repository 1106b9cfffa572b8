"""What Slack sends to an app when somebody uses one of its shortcuts.

https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
"""

from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.payloads import (
    Origin,
    channel_name,
    interaction,
    interaction_form,
    message_json,
)
from bot.sandbox.slack.workspace import Person, Workspace


def global_form(workspace: Workspace, person: Person, callback_id: str) -> bytes:
    """Write the body of a global shortcut: it has no channel and no response URL."""
    return interaction_form(
        {
            "type": "shortcut",
            **interaction(workspace, person, person.team_id),
            "callback_id": callback_id,
            "trigger_id": workspace.triggers.issue(person.id),
            "action_ts": f"{workspace.now().timestamp():.6f}",
        }
    )


def message_form(
    workspace: Workspace, origin: Origin, message: Message, callback_id: str, team_id: str
) -> bytes:
    """Write the body of a message shortcut, which brings the whole message along."""
    return interaction_form(
        {
            "type": "message_action",
            **interaction(workspace, origin.person, team_id),
            "callback_id": callback_id,
            "trigger_id": workspace.triggers.issue(origin.person.id),
            "action_ts": f"{workspace.now().timestamp():.6f}",
            "channel": {"id": origin.channel.id, "name": channel_name(origin.channel)},
            "message_ts": message.ts,
            "message": message_json(message, workspace.installation),
            "response_url": origin.response_url,
        }
    )
