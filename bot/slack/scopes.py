"""The scopes that the app needs; its manifests ask for these and no others."""

from dataclasses import dataclass

USERGROUPS_READ = "usergroups:read"


@dataclass(frozen=True)
class Scope:
    """One scope of the bot token.

    Attributes:
        name: Slack's name for it.
        without: What does not work without it, as a sentence.
    """

    name: str
    without: str


NEEDED = (
    Scope("commands", "The slash command does not reach the bot."),
    Scope("chat:write", "No change can be announced, and no button shown."),
    Scope(
        "users:read",
        "Guests, bots and deactivated people cannot be told from members, so user groups give "
        "nobody a role.",
    ),
    Scope(USERGROUPS_READ, "Whoever holds a role by a user group alone is refused."),
    Scope("channels:read", "Changes asked for in public channels are told to the requester alone."),
    Scope("groups:read", "Changes asked for in private channels are told to the requester alone."),
)
