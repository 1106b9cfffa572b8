"""Who and what there is in the sandbox's Slack workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.sandbox.slack import Channel, Person, Shortcut, SlackStandIn, Usergroup

ALICE: Final = "U0ALICE"
BOB: Final = "U0BOB"
CAROL: Final = "U0CAROL"
DAVE: Final = "U0DAVE"
MALLORY: Final = "U0MALLORY"
GUEST: Final = "U0GUEST"
GONE: Final = "U0GONE"
VISITOR: Final = "U0VISITOR"

INCIDENTS: Final = "C0INCIDENTS"
SECURITY: Final = "C0SECURITY"
SHARED: Final = "C0SHARED"
FEED: Final = "C0FEED"

ONCALL_GROUP: Final = "S0ONCALL"
SECURITY_GROUP: Final = "S0SECURITY"

PEOPLE: Final[Mapping[str, Person]] = MappingProxyType(
    {
        person.id: person
        for person in (
            Person(ALICE, "alice"),
            Person(BOB, "bob"),
            Person(CAROL, "carol"),
            Person(DAVE, "dave"),
            Person(MALLORY, "mallory"),
            Person(GUEST, "guest", is_restricted=True),
            Person(GONE, "gone", deleted=True),
            Person(VISITOR, "visitor", team_id="T0VISITOR"),
        )
    }
)
"""Everybody who is to be seen in the workspace, by user id.

A guest sees the channels that they are in; a visitor is of another workspace, and in the shared
channel alone.
"""

SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
)
"""What the app is granted: what its manifest asks for."""

CHECK_MESSAGE: Final = "Check InfluxDB tokens"
REPORT_LEAK: Final = "Report a leaked token"
SHORTCUTS = (
    Shortcut(CHECK_MESSAGE, "check_message", "message"),
    Shortcut(REPORT_LEAK, "report_leak", "global"),
)
"""The app's shortcuts: those of its manifest."""

ALLOWED = (ALICE, BOB)
"""Who may use the bot where everybody may everything; nobody else may."""

SECOND_PERSON: Final = f"""
[roles]
viewer = ["{DAVE}"]
operator = ["{ONCALL_GROUP}"]
approver = ["{SECURITY_GROUP}"]

[channels]
feed = "{SECURITY}"

[approval]
needed_for = ["enable"]
"""
"""A policy with roles, in which enabling needs somebody of the security group."""

TEAM: Final = f"""
[roles]
viewer = ["{DAVE}"]
operator = ["{ONCALL_GROUP}"]
approver = ["{SECURITY_GROUP}"]

[channels]
feed = "{FEED}"

[approval]
needed_for = ["several"]

[owners]
telegraf = "{BOB}"
alice = "{ALICE}"
bob = "{BOB}"
carol = "{CAROL}"
"""
"""A policy with roles, in which one token takes one operator, and several take an approver too."""

POLICIES: Final[Mapping[str, str]] = MappingProxyType(
    {"team": TEAM, "second-person": SECOND_PERSON, "simple": ""}
)
"""What the sandbox can play, by name; an empty one is of `ALLOWED` alone."""


@dataclass(frozen=True)
class Part:
    """Somebody whom one can be in the sandbox.

    Attributes:
        user: Their id.
        title: The role, in a word or two.
        may: What they may do.
    """

    user: str
    title: str
    may: str


_NOBODY = "Has no role: help and whoami answer, and nothing else."
_OUTSIDERS: Final = (
    Part(MALLORY, "stranger", _NOBODY),
    Part(GUEST, "guest", "Sees #incidents alone, and has no role."),
    Part(VISITOR, "of a connected workspace", "Sees #shared alone, and has no command."),
)
_WITH_ROLES: Final = (
    Part(ALICE, "operator", "Looks, and changes tokens."),
    Part(CAROL, "approver", "Looks, changes tokens, and approves what others ask for."),
    Part(BOB, "operator and approver", "As carol, and on call as alice is."),
    Part(DAVE, "viewer", "Looks, and changes nothing."),
    *_OUTSIDERS,
)
_ALLOWED: Final = (
    Part(ALICE, "may do everything", "Is in ALLOWED_USERS."),
    Part(BOB, "may do everything", "Is in ALLOWED_USERS."),
    Part(CAROL, "member", _NOBODY),
    Part(DAVE, "member", _NOBODY),
    *_OUTSIDERS,
)


def parts(policy: str) -> tuple[Part, ...]:
    """Give whom one can be under a policy of `POLICIES`, the one to begin with first."""
    return _WITH_ROLES if policy else _ALLOWED


def populate(slack: SlackStandIn) -> None:
    """Put the people, their channels and their groups into a workspace."""
    for person in PEOPLE.values():
        slack.add_person(person)
    for shortcut in SHORTCUTS:
        slack.add_shortcut(shortcut)
    everybody = frozenset(PEOPLE) - {VISITOR}
    slack.add_channel(Channel(INCIDENTS, "incidents", members=everybody))
    slack.add_channel(Channel(SECURITY, "security", members={BOB, CAROL}))
    slack.add_channel(Channel(FEED, "token-feed", members={ALICE, BOB, CAROL, DAVE}))
    slack.add_channel(
        Channel(SHARED, "shared", is_ext_shared=True, members={ALICE, BOB, CAROL, VISITOR})
    )
    slack.add_usergroup(Usergroup(ONCALL_GROUP, "oncall", (ALICE, BOB)))
    slack.add_usergroup(Usergroup(SECURITY_GROUP, "security", (CAROL, BOB)))
