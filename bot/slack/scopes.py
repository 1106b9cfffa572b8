"""The scopes that the app needs; its manifests ask for these and no others."""

from dataclasses import dataclass

USERGROUPS_READ = "usergroups:read"


@dataclass(frozen=True)
class Scope:
    """One scope of the bot token.

    Attributes:
        name: Slack's name for it.
        use: What it is needed for, in a few words.
        without: What does not work without it, as a sentence.
    """

    name: str
    use: str
    without: str


NEEDED = (
    Scope(
        "commands",
        "the slash command and the shortcuts",
        "The slash command and the shortcuts do not reach the bot.",
    ),
    Scope(
        "chat:write",
        "changes, refusals, answers",
        "No change can be announced, and no button shown.",
    ),
    Scope(
        "users:read",
        "is somebody deactivated, a guest or a bot?",
        "Guests, bots and deactivated people cannot be told from members, so user groups give "
        "nobody a role.",
    ),
    Scope(
        USERGROUPS_READ,
        "who is in the user groups that hold a role?",
        "Whoever holds a role by a user group alone is refused.",
    ),
    Scope(
        "channels:read",
        "is a channel shared with another organisation?",
        "Changes asked for in public channels are told to the requester alone.",
    ),
    Scope(
        "groups:read",
        "the same, for private channels",
        "Changes asked for in private channels are told to the requester alone.",
    ),
)
