"""The people of the sandbox's workspace."""

import pytest

from bot.clock import system_clock
from bot.sandbox import cast
from bot.sandbox.slack import ImpossibleInSlackError, SlackStandIn


@pytest.fixture
def slack() -> SlackStandIn:
    """Give the sandbox's workspace."""
    stand_in = SlackStandIn(system_clock, signing_secret="shh", bot_token="xoxb-1")
    cast.populate(stand_in)
    return stand_in


@pytest.mark.parametrize(
    ("channel", "seen_by"),
    [
        (cast.INCIDENTS, {"alice", "bob", "carol", "dave", "mallory", "guest", "gone"}),
        (cast.SECURITY, {"alice", "bob", "carol", "dave", "mallory", "gone"}),
        (cast.SHARED, {"alice", "bob", "carol", "dave", "mallory", "gone", "visitor"}),
    ],
)
def test_who_sees_what(slack: SlackStandIn, channel: str, seen_by: set[str]) -> None:
    """A guest sees #incidents alone, a visitor the shared channel alone."""
    message = slack.workspace.post(channel, "x", [])

    seen = {p.name for p in cast.PEOPLE.values() if message in slack.visible_to(p.id, channel)}

    assert seen == seen_by


async def test_a_visitor_has_no_command(slack: SlackStandIn) -> None:
    """People of other workspaces can press buttons, but type no command."""
    with pytest.raises(ImpossibleInSlackError, match="not a command"):
        await slack.command(cast.VISITOR, cast.SHARED, "/token")


def test_groups_overlap_in_one_person(slack: SlackStandIn) -> None:
    """Bob is on call and in security; everybody in a group is in the workspace."""
    oncall, security = (
        set(slack.workspace.usergroups[group].members)
        for group in (cast.ONCALL_GROUP, cast.SECURITY_GROUP)
    )

    assert oncall & security == {cast.BOB}
    assert oncall | security <= cast.PEOPLE.keys()
