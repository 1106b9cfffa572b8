"""SIGHUP: the policy file is read again, and a wrong one changes nothing."""

from datetime import timedelta

import aiohttp

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from tests.attacks import INACTIVE, SIMPLE, path, reload
from tests.scraping import scraped
from tests.world import World

WITHOUT_ALICE = SIMPLE.replace('["U0ALICE"]', "[]")
NOT_TOML = "[roles\noperator = U0ALICE"
UNKNOWN_KEY = f"{SIMPLE}\n[approval]\nneeded_fro = []\n"
NOBODY_CAN_APPROVE = """
[roles]
operator = ["U0ALICE"]

[approval]
needed_for = ["enable"]
"""


async def readiness(here: World) -> tuple[int, str]:
    """Give what the bot says of itself at /readyz."""
    async with aiohttp.ClientSession() as session, session.get(f"{here.url}/readyz") as answer:
        return answer.status, await answer.text()


def reloaded(here: World, text: str) -> bool:
    """Write the file and have it read again; say whether it was taken over."""
    assert here.bot is not None
    here.write_policy(text)
    return here.bot.reload()


async def test_a_role_taken_away(idle_world: World) -> None:
    """From the next command on, the new policy judges; the record names its digest."""
    await idle_world.start(policy=SIMPLE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    reload(idle_world, WITHOUT_ALICE)

    await idle_world.say(f"disable {TELEGRAF_EDGE_43}")

    assert "you hold no role" in idle_world.last()
    assert idle_world.patches() == [(path(), INACTIVE)]
    digests = [e.detail["policy"] for e in await idle_world.events() if "policy" in e.detail]
    assert len(digests) == len(set(digests)) == 2


async def test_a_role_given(idle_world: World) -> None:
    """So it is for whoever is listed by now."""
    await idle_world.start(policy=WITHOUT_ALICE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    reload(idle_world, SIMPLE)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert idle_world.patches() == [(path(), INACTIVE)]


async def test_a_group_given(idle_world: World) -> None:
    """A group that the file names for the first time is looked up when it is needed."""
    await idle_world.start(policy=WITHOUT_ALICE)
    reload(idle_world, SIMPLE.replace('["U0ALICE"]', '["S0ONCALL"]'))

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")

    assert idle_world.patches() == [(path(), INACTIVE)]


async def test_wrong_ones(idle_world: World) -> None:
    """What cannot be read, says what there is not, or contradicts itself changes nothing."""
    await idle_world.start(policy=SIMPLE)

    for wrong in (NOT_TOML, UNKNOWN_KEY, NOBODY_CAN_APPROVE, "[roles]\nviewer = 'U0ALICE'\n"):
        assert not reloaded(idle_world, wrong)
        status, body = await readiness(idle_world)
        assert status == 200
        assert "the policy before the last reload is in force" in body
        await idle_world.say("whoami", user=cast.DAVE)
        assert "Your roles: viewer" in idle_world.last(cast.DAVE)

    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    assert idle_world.patches() == [(path(), INACTIVE)]


async def test_a_file_that_is_gone(idle_world: World) -> None:
    """So it is when there is no file any more: nobody gains or loses a role."""
    await idle_world.start(policy=SIMPLE)
    idle_world.policy_file.unlink()
    assert idle_world.bot is not None

    assert not idle_world.bot.reload()
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    await idle_world.say("list", user=cast.MALLORY)

    assert idle_world.patches() == [(path(), INACTIVE)]
    assert "you hold no role" in idle_world.last(cast.MALLORY)


async def test_mended(idle_world: World) -> None:
    """Read again when it is right, it counts, and readiness has nothing more to say."""
    await idle_world.start(policy=SIMPLE)
    at_start = await scraped(idle_world)
    idle_world.now.advance(timedelta(hours=1))
    assert not reloaded(idle_world, UNKNOWN_KEY)
    refused = await scraped(idle_world)

    assert reloaded(idle_world, WITHOUT_ALICE)

    taken = await scraped(idle_world)
    wrong, since = "token_bot_policy_reload_refused", "token_bot_policy_read_timestamp_seconds"
    assert [each[wrong][()] for each in (at_start, refused, taken)] == [0, 1, 0]
    assert refused[since] == at_start[since]
    assert taken[since][()] - at_start[since][()] >= 3600
    assert "the policy before the last reload" not in (await readiness(idle_world))[1]
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    assert "you hold no role" in idle_world.last()
    assert idle_world.patches() == []
