"""Processes on one PostgreSQL: clicks at once, lost updates, and one that is killed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import (
    BOT_API_TOKEN,
    TELEGRAF_EDGE_42,
    realistic_fixture,
)
from bot.sandbox.serving import serve
from tests.attacks import ACTIVE, INACTIVE, path
from tests.counting import Count, Tally
from tests.durability.lives import Nursery
from tests.durability.outside import Outside, outside
from tests.postgresql import Server
from tests.replicas.fleet import Fleet, fleet
from tests.world import Now

DISABLE = f"disable {TELEGRAF_EDGE_42}"
Fleets = Callable[..., AbstractAsyncContextManager[Fleet]]


@pytest.fixture
async def around() -> AsyncIterator[Outside]:
    """Both stand-ins' places."""
    async with outside() as there:
        yield there


@pytest.fixture
def fleets(around: Outside, born: Nursery, postgresql_url: str, tmp_path: Path) -> Fleets:
    """Start so many processes on one database."""

    @asynccontextmanager
    async def start(replicas: int, url: str = postgresql_url) -> AsyncIterator[Fleet]:
        async with fleet(replicas, url, around, born, tmp_path) as here:
            yield here

    return start


def bodies(here: Fleet) -> list[str]:
    """Give what was PATCHed."""
    return [str(exchange.body) for exchange in here.influxdb.patches()]


async def test_the_stand_in_loses_updates() -> None:
    """Of two PATCHes at once the later one writes over the other, as on a real server."""
    influxdb = InfluxDBStandIn(realistic_fixture(), Now())
    influxdb.write_gap = 0.05
    async with serve(influxdb.app) as url, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Token {BOT_API_TOKEN}"}

        async def patch(body: dict[str, str]) -> int:
            target = f"{url}{path()}"
            async with session.patch(target, data=json.dumps(body), headers=headers) as answer:
                return answer.status

        statuses = tuple(
            await asyncio.gather(patch({"status": "inactive"}), patch({"description": "x"}))
        )

    token = influxdb.authorization(TELEGRAF_EDGE_42)
    assert statuses == (200, 200)
    assert (token.status, token.description) != ("inactive", "x")


@pytest.mark.parametrize("part", range(4))
async def test_disable_and_describe_at_once(fleets: Fleets, part: int, tally: Tally) -> None:
    """InfluxDB loses one of two updates at once; asked of two processes, both hold."""
    rounds, held = 50, 0
    async with fleets(2) as here:
        here.influxdb.write_gap = 0.005
        for number in range(rounds):
            here.influxdb.edit(TELEGRAF_EDGE_42, status="active", description="as it was")
            describe = f"describe {TELEGRAF_EDGE_42} note {part} {number}"
            first = number % 2
            await asyncio.gather(here.say(first, DISABLE), here.say(1 - first, describe, cast.BOB))
            await here.settled()
            token = here.influxdb.authorization(TELEGRAF_EDGE_42)
            held += (token.status, token.description) == ("inactive", f"note {part} {number}")

    assert held == rounds
    tally("disable and describe at once, from two processes", "rounds", rounds)
    tally("disable and describe at once, from two processes", "times both held", held)


@pytest.mark.parametrize("replicas", [2, 4])
async def test_undo_on_all_at_once(fleets: Fleets, replicas: int, count: Count) -> None:
    """One inverse PATCH; everybody else is told who was first."""
    rounds = 12
    people = [cast.ALICE, cast.BOB, cast.CAROL, cast.BOB][:replicas]
    async with fleets(replicas) as here:
        for number in range(1, rounds + 1):
            await here.say(number % replicas, DISABLE)
            await here.settled()
            message = here.channel()[-1]
            told = {user: len(here.slack.ephemerals(user)) for user in people}
            await asyncio.gather(
                *(here.press(at, message, "Undo", user) for at, user in enumerate(people))
            )
            await here.settled()

            assert bodies(here).count(ACTIVE) == number
            assert "then undone" in message.plain
            losers = sum(len(here.slack.ephemerals(user)) - told[user] for user in told)
            assert losers == replicas - 1
            for user in people:
                for answer in here.slack.ephemerals(user)[told[user] :]:
                    assert "is already" in answer.plain
    count(f"Undo on all at once: {replicas} processes, {rounds} rounds, {rounds} inverse PATCHes")


async def test_four_processes_carry_out_each_change_once(fleets: Fleets) -> None:
    """Whoever took a request in, one carries it out, and every message stands once."""
    tokens = [
        each.id
        for each in InfluxDBStandIn(realistic_fixture(), Now()).authorizations()
        if each.status == "active" and "telegraf" in (each.description or "")
    ]
    async with fleets(4) as here:
        for round_ in range(4):
            verb = "describe {} round " + str(round_)
            await asyncio.gather(
                *(here.say(at % 4, verb.format(token)) for at, token in enumerate(tokens * 2))
            )
            await here.settled()
        record = await here.record()

    # Of two that ask for the same at once, the second finds nothing to do.
    assert len(bodies(here)) == 4 * len(tokens)
    assert all(request.state.final for request in record.requests)
    assert len(record.requests) == 8 * len(tokens)


async def test_one_is_killed_while_its_patch_is_in_flight(fleets: Fleets) -> None:
    """Another takes the change over when the lease runs out, finishes it, and tells of it."""
    async with fleets(2) as here:
        gate = here.influxdb.gate("PATCH", path(), after=True)
        await here.say(0, DISABLE)
        await asyncio.wait_for(gate.reached.wait(), 15)
        for life in here.lives:
            # Nobody knows from outside which of the two has the lease.
            await life.arm(on=False)
        holder = await _holder(here)
        await here.lives[holder].kill()
        gate.release()
        await here.settled()
        other = 1 - holder
        (message,) = here.channel()
        (request,) = (await here.record()).requests
        await here.say(other, f"history {request.id}")
        await here.settled()

        assert message.plain.startswith("Token disabled")
        assert request.interrupted == 1
        assert "interrupted" in here.slack.ephemerals(cast.ALICE)[-1].plain
        assert INACTIVE in bodies(here)
        await here.press(other, message, "Undo")
        await here.settled()
        assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"


async def _holder(here: Fleet) -> int:
    """Find the process whose executor has the change: the other one can say that it rests."""
    settling = [asyncio.create_task(life.settle()) for life in here.lives]
    done, pending = await asyncio.wait(settling, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    for task in pending:
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return settling.index(pending.pop())


async def test_postgresql_restarts_under_two_processes(
    fleets: Fleets, own_postgres: Server
) -> None:
    """Both find it again by themselves; what was under way is finished once."""
    async with fleets(2, own_postgres.new_database()) as here:
        gate = here.influxdb.gate("PATCH", path())
        await here.say(0, DISABLE)
        await asyncio.wait_for(gate.reached.wait(), 15)
        await asyncio.to_thread(own_postgres.stop)
        gate.release()
        await asyncio.to_thread(own_postgres.start)
        await here.settled()
        for process in (0, 1):
            await here.say(process, f"describe {TELEGRAF_EDGE_42} after {process}")
            await here.settled()

        assert bodies(here) == [
            INACTIVE,
            '{"description":"after 0"}',
            '{"description":"after 1"}',
        ]
        assert here.channel()[0].plain.startswith("Token disabled")
        assert len(here.channel()) == 3
