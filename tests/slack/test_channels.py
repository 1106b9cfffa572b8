"""Where a change is told: for those who may read along, and nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.sandbox.slack import Channel
from tests.world import World

PEOPLE = frozenset({"U0ALICE", "U0BOB", "U0MALLORY"})
SHARED = Channel("C0SHARED", "with-partners", is_ext_shared=True, members=PEOPLE)
PRIVATE = Channel("C0PRIVATE", "sre-only", is_private=True, members=PEOPLE)
HIDDEN = replace(PRIVATE, bot_is_member=False)
SHARED_NOTE = "Sent to you alone: the channel where you asked is shared with another organisation."
HIDDEN_NOTE = "Sent to you alone: this bot cannot read what kind of channel you asked in."


def _direct(here: World) -> list[str]:
    return [message.plain for message in here.slack.direct_messages("U0ALICE")]


@pytest.mark.parametrize("channel", [PRIVATE, replace(PRIVATE, is_private=False)])
async def test_an_internal_channel_gets_the_message(here: World, channel: Channel) -> None:
    """Private or public: where the bot is a member and all are colleagues, it is posted there."""
    here.slack.add_channel(channel)

    await here.say(f"disable {TELEGRAF_EDGE_42}", channel=channel.id)

    (message,) = here.channel(channel.id)
    assert "Token disabled" in message.plain
    assert "Sent to you alone" not in message.plain
    assert _direct(here) == []


@pytest.mark.parametrize(("channel", "note"), [(SHARED, SHARED_NOTE), (HIDDEN, HIDDEN_NOTE)])
async def test_elsewhere_the_requester_alone_is_told(
    here: World, channel: Channel, note: str
) -> None:
    """Shared with another organisation, or of a kind that cannot be read: a direct message."""
    here.slack.add_channel(channel)

    await here.say(f"disable {TELEGRAF_EDGE_42}", channel=channel.id)

    (told,) = _direct(here)
    assert "Token disabled" in told
    assert note in told
    follows = "comes by direct message" if channel is SHARED else "follows"
    assert here.slack.ephemerals("U0ALICE", channel.id)[0].plain.endswith(f"The outcome {follows}.")
    assert here.channel(channel.id) == []
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_the_message_of_a_shared_channel_can_be_undone(here: World) -> None:
    """The direct message has its Undo, and it is the direct message that tells of it."""
    here.slack.add_channel(SHARED)
    await here.say(f"disable {TELEGRAF_EDGE_42}", channel=SHARED.id)

    await here.press(here.slack.direct_messages("U0ALICE")[0], "Undo")

    (told,) = _direct(here)
    assert "Token disabled, then undone" in told
    assert here.channel(SHARED.id) == []


async def test_a_missing_scope_keeps_it_to_the_requester(here: World) -> None:
    """Without the scope that shows a channel's kind, nothing is posted there."""
    installation = here.slack.workspace.installation
    scopes = installation.scopes - {"channels:read"}
    here.slack.workspace.installation = replace(installation, scopes=scopes)

    await here.say(f"disable {TELEGRAF_EDGE_42}")

    assert HIDDEN_NOTE in _direct(here)[0]
    assert here.channel() == []


async def test_a_direct_message_is_answered_there_without_a_note(here: World) -> None:
    """Asked in the direct messages with the bot, it is told there."""
    await here.say(f"disable {TELEGRAF_EDGE_42}", channel="U0ALICE")

    (told,) = _direct(here)
    assert "Token disabled" in told
    assert "Sent to you alone" not in told
    assert "conversations.info" not in [call.method for call in here.slack.journal]


async def test_a_kind_is_remembered_for_a_while(here: World) -> None:
    """One look is good for ten minutes; a channel that is shared by then is noticed after it."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.say(f"disable {TELEGRAF_EDGE_43}")
    looks = [call for call in here.slack.journal if call.method == "conversations.info"]
    here.slack.add_channel(
        replace(here.slack.workspace.channels["C0INCIDENTS"], is_ext_shared=True)
    )
    here.now.advance(timedelta(minutes=10, seconds=1))

    await here.say(f"enable {TELEGRAF_EDGE_42}")

    assert len(looks) == 1
    assert len(here.channel()) == 2
    assert SHARED_NOTE in _direct(here)[0]


@pytest.mark.parametrize(
    ("status", "error", "drop"),
    [(429, None, False), (500, None, False), (None, "internal_error", False), (None, None, True)],
)
async def test_slacks_own_trouble_is_waited_out(
    here: World, status: int | None, error: str | None, *, drop: bool
) -> None:
    """If Slack cannot tell the kind now, it is asked again, and the channel gets the message."""
    here.slack.faults.add(
        "conversations.info", status=status, error=error, drop=drop, retry_after=0
    )

    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    (message,) = await here.slack.wait_for(here.channel)

    assert "Token disabled" in message.plain
    assert _direct(here) == []
