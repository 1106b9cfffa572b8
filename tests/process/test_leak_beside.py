"""`python -m bot leak` beside a bot that runs on the same database: neither takes the other's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import open_store
from bot.changes.authorization import Status
from bot.changes.change_ids import new_change_id
from bot.changes.people import Person
from bot.changes.request import ChangeRequest, Origin
from bot.changes.states import RequestState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import GRAFANA_DASHBOARDS
from tests.postgresql import libpq
from tests.process.attended_process import AS_ALICE, CANARY, RIGHT, leak, leak_process, receipts
from tests.process.bot_process import bot_process, environment
from tests.sqlite import driven
from tests.world import World, world

DEAD = "Leaked token disabled and proven dead"


@pytest.fixture(params=["sqlite", "postgresql"])
async def shared(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Both stand-ins, and a database that several processes use."""
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if postgresql else ""
    async with world(tmp_path, database_url=url) as here:
        yield here


def variables(here: World, folder: Path) -> dict[str, str]:
    """Give the environment of every process on the shared database."""
    url = str(here.settings["database_url"])
    shared = {"DATABASE_URL": libpq(url)} if url.startswith("postgresql") else {}
    return {**environment(here, folder), **shared}


async def test_a_bot_leaves_the_report_to_whoever_holds_the_secret(
    shared: World, tmp_path: Path
) -> None:
    """Though it looks for what is due all the time; it tells of it no second time either."""
    env = variables(shared, tmp_path)
    gate = shared.influxdb.gate("GET", "/api/v2/authorizations")
    async with bot_process(shared, env) as bot, leak_process(*AS_ALICE, env=env) as running:
        await shared.reached(gate)
        # Longer than a lease lasts, and than the bot waits between two looks.
        await shared.influxdb_quiet(seconds=7)
        gate.release()
        code, out, err = await running.ends()
        bot.terminate()
        await bot.ends()

    assert (code, err) == (0, "")
    assert out.startswith(DEAD)
    assert len(shared.patches()) == 1
    assert (await shared.tags()).count("leak.identified") == 1
    assert len(receipts(shared.slack.direct_messages(cast.ALICE))) == 1


async def test_a_bot_goes_on_once_the_holder_is_killed(shared: World, tmp_path: Path) -> None:
    """Without the secret it can prove nothing, and says so; the watch over the token is its."""
    env = variables(shared, tmp_path)
    gate = shared.influxdb.gate("PATCH", ".*", after=True)
    async with bot_process(shared, env):
        async with leak_process(*AS_ALICE, env=env) as running:
            await shared.reached(gate)
            running.process.kill()
            await running.process.wait()
        gate.release()
        await shared.slack.wait_for(lambda: shared.slack.direct_messages(cast.ALICE), 40)

    (told,) = receipts(shared.slack.direct_messages(cast.ALICE))
    assert "not proven" in told
    assert len(shared.patches()) == 1
    assert CANARY not in told


async def test_what_others_have_asked_is_left_alone(shared: World, tmp_path: Path) -> None:
    """A report of the command line is no bot: what is due waits for one that serves people."""
    env = variables(shared, tmp_path)
    address = driven(str(shared.settings["database_url"]))
    disable = Target("default", GRAFANA_DASHBOARDS, AuthorizationUpdate(Status.INACTIVE))
    other = ChangeRequest(
        id=new_change_id(),
        requester=Person(cast.BOB, "T0HOME"),
        origin=Origin(cast.INCIDENTS),
        targets=(disable,),
        reason="",
        created_at=shared.now(),
    )
    async with open_store(address) as store, store.transaction() as transaction:
        await transaction.add_request(other, other.created_at)

    code, _, _ = await leak(*AS_ALICE, env=env)

    assert code == 0
    assert [path.rpartition("/")[2] for path, _ in shared.patches()] == [RIGHT]
    left = await shared.request(other.id)
    assert (left.state, left.lease) == (RequestState.ACCEPTED, None)
