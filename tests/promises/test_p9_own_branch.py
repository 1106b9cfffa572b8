"""P9: the bot refuses its own token and the last active operator token that it can see."""

import copy
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    OPERATOR,
    SETUP_TOKEN,
    TELEGRAF_EDGE_42,
    TOKEN_BOT,
    realistic_fixture,
)
from tests.promises.modest_bot import with_a_modest_bot
from tests.world import World, world

Worlds = Callable[..., AbstractAsyncContextManager[World]]
SECOND = "0e8d52d854803fff"


@pytest.fixture
def worlds(tmp_path: Path) -> Worlds:
    """Make worlds of any mode and fixture."""
    return lambda mode, fixture=None: world(tmp_path, mode=mode, fixture=fixture)


def with_a_second_token_of_the_bots_user() -> dict[str, Any]:
    """Give the organisation with another authorization of the user token-bot."""
    fixture = realistic_fixture()
    own = next(a for a in fixture["authorizations"] if a["id"] == BOT_AUTHORIZATION)
    second = {**copy.deepcopy(own), "id": SECOND, "token": "x" * 86 + "==", "description": "2nd"}
    fixture["authorizations"].append(second)
    return fixture


def with_a_credential_that_cannot_read_its_user() -> dict[str, Any]:
    """Give the organisation with a bot token for which /me is denied.

    It manages every authorization but those of its own user.
    """
    fixture = realistic_fixture()
    own = next(a for a in fixture["authorizations"] if a["id"] == BOT_AUTHORIZATION)
    others = [u["id"] for u in fixture["users"] if u["id"] != TOKEN_BOT]
    own["permissions"] = [
        {"action": action, "resource": resource}
        for action in ("read", "write")
        for resource in (
            {"type": "authorizations"},
            *({"type": "users", "id": user} for user in others),
        )
    ]
    return fixture


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.HASHED, Mode.CLOUD])
async def test_its_own_token_is_refused(worlds: Worlds, mode: Mode) -> None:
    """By value, by ?token= on Cloud, or as its user's only token: no PATCH is sent."""
    async with worlds(mode) as here:
        await here.start()

        await here.say(f"disable {BOT_AUTHORIZATION}")

        assert here.patches() == []
        assert "this bot itself uses" in here.last()
        assert "Nothing was changed." in here.last()


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.HASHED, Mode.CLOUD])
async def test_other_tokens_are_disabled(worlds: Worlds, mode: Mode) -> None:
    """The guard does not stand in the way of the job."""
    async with worlds(mode) as here:
        await here.start()

        await here.say(f"disable {TELEGRAF_EDGE_42}")

        assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_renaming_its_own_token_is_allowed(worlds: Worlds) -> None:
    """Only disabling would saw off the branch."""
    async with worlds(Mode.PLAIN) as here:
        await here.start()

        await here.say(f"describe {BOT_AUTHORIZATION} the bot's own")

        assert here.influxdb.authorization(BOT_AUTHORIZATION).description == "the bot's own"


@pytest.mark.parametrize("target", [BOT_AUTHORIZATION, SECOND])
async def test_on_a_hashed_server_every_token_of_its_user_is_refused(
    worlds: Worlds, target: str
) -> None:
    """Two tokens of the bot's user cannot be told apart; the answer names the setting."""
    async with worlds(Mode.HASHED, with_a_second_token_of_the_bots_user()) as here:
        await here.start()

        await here.say(f"disable {target}")

        assert here.patches() == []
        assert "may be the bot's own" in here.last()
        assert "INFLUXDB_OWN_AUTHORIZATION" in here.last()


async def test_the_setting_lifts_that(worlds: Worlds) -> None:
    """With its own authorization configured, the user's other token can be disabled."""
    async with worlds(Mode.HASHED, with_a_second_token_of_the_bots_user()) as here:
        await here.start(influxdb_own_authorization=BOT_AUTHORIZATION)

        await here.say(f"disable {SECOND}")
        await here.say(f"disable {BOT_AUTHORIZATION}")

        assert here.influxdb.authorization(SECOND).status == "inactive"
        assert here.influxdb.authorization(BOT_AUTHORIZATION).status == "active"
        assert len(here.patches()) == 1


async def test_where_nothing_tells_disabling_is_refused_altogether(worlds: Worlds) -> None:
    """Hashed, and /me denied: any token might be its own; the answer names the setting."""
    async with worlds(Mode.HASHED, with_a_credential_that_cannot_read_its_user()) as here:
        await here.start()

        await here.say(f"disable {TELEGRAF_EDGE_42}")
        refused = here.last()
        await here.say(f"describe {TELEGRAF_EDGE_42} still allowed")

        assert "Disabling is refused altogether." in refused
        assert "INFLUXDB_OWN_AUTHORIZATION" in refused
        assert here.influxdb.authorization(TELEGRAF_EDGE_42).description == "still allowed"
        assert len(here.patches()) == 1


async def test_the_setting_lifts_that_too(worlds: Worlds) -> None:
    """With its own authorization configured, others can be disabled even so."""
    async with worlds(Mode.HASHED, with_a_credential_that_cannot_read_its_user()) as here:
        await here.start(influxdb_own_authorization=BOT_AUTHORIZATION)

        await here.say(f"disable {TELEGRAF_EDGE_42}")

        assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_the_last_operator_token_is_refused(worlds: Worlds) -> None:
    """Only one operator token is left: it stays."""
    async with worlds(Mode.PLAIN, with_a_modest_bot()) as here:
        await here.start()

        await here.say(f"disable {SETUP_TOKEN}")

        assert here.patches() == []
        assert "last active operator token" in here.last()


async def test_an_operator_token_whose_owner_is_inactive_does_not_count(worlds: Worlds) -> None:
    """A second operator token that InfluxDB refuses is no way back."""
    fixture = with_a_modest_bot()
    first = next(a for a in fixture["authorizations"] if a["id"] == SETUP_TOKEN)
    bob = next(u for u in fixture["users"] if u["name"] == "bob")
    bob["status"] = "inactive"
    fixture["authorizations"].append(
        {**copy.deepcopy(first), "id": SECOND, "token": "y" * 86 + "==", "userID": bob["id"]}
    )
    async with worlds(Mode.PLAIN, fixture) as here:
        await here.start()

        await here.say(f"disable {SETUP_TOKEN}")

        assert here.patches() == []
        assert "last active operator token" in here.last()


async def test_of_two_operator_tokens_disabled_at_once_one_stays(worlds: Worlds) -> None:
    """Each alone might go; together they would be the last two. The instance is held."""
    fixture = with_a_modest_bot()
    first = next(a for a in fixture["authorizations"] if a["id"] == SETUP_TOKEN)
    fixture["authorizations"].append(
        {**copy.deepcopy(first), "id": SECOND, "token": "y" * 86 + "==", "userID": OPERATOR}
    )
    async with worlds(Mode.PLAIN, fixture) as here:
        await here.start()

        gate = here.influxdb.gate("PATCH", ".*")

        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {SETUP_TOKEN}")
        await here.reached(gate)
        await here.slack.command("U0BOB", "C0INCIDENTS", "/token", f"disable {SECOND}")
        await here.influxdb_quiet(seconds=0.5)
        gate.release()
        await here.settled()

        statuses = [here.influxdb.authorization(i).status for i in (SETUP_TOKEN, SECOND)]
        assert sorted(statuses) == ["active", "inactive"]
        assert len(here.patches()) == 1
