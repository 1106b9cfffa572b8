"""Who and what there is in the sandbox's Slack workspace."""

from types import MappingProxyType

from bot.sandbox.slack import Channel, Person, SlackStandIn

ALICE = "U0ALICE"
BOB = "U0BOB"
MALLORY = "U0MALLORY"
INCIDENTS = "C0INCIDENTS"

PEOPLE = MappingProxyType({ALICE: "alice", BOB: "bob", MALLORY: "mallory"})
"""Everybody in the workspace, by user id."""

SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
)
"""What the app is granted: what its manifest asks for."""

ALLOWED = (ALICE, BOB)
"""Who may use the bot; Mallory may not."""


def populate(slack: SlackStandIn) -> None:
    """Put the people and the incident channel into a workspace."""
    for user_id, name in PEOPLE.items():
        slack.add_person(Person(user_id, name))
    slack.add_channel(Channel(INCIDENTS, "incidents", members=frozenset(PEOPLE)))
