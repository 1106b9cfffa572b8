"""The command line on PostgreSQL, as its users start it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.postgresql import Databases, Server, libpq
from tests.process.bot_process import bot_process, environment, run
from tests.world import World, world


async def disable(here: World) -> None:
    """Have somebody disable a token, and wait until everybody is told."""
    text = f"disable {TELEGRAF_EDGE_42}"
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", text)
    await here.slack.wait_for(here.channel)


async def test_the_record_and_the_freeze(tmp_path: Path, postgresql_url: str) -> None:
    """Both commands take the address as everybody writes it, and say where they looked."""
    async with world(tmp_path, database_url=postgresql_url) as here:
        await here.start()
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        variables = {**environment(here, tmp_path), "DATABASE_URL": libpq(postgresql_url)}

        whole = await run("audit", "verify", env=variables)
        frozen = await run("freeze", "--reason", "drill", env=variables)
        await here.say(f"enable {TELEGRAF_EDGE_42}")
        refused = here.last()
        lifted = await run("unfreeze", env=variables)

    place = f"{postgresql_url.rpartition('/')[2]} at 127.0.0.1"
    assert whole == (0, f"The record in {place} holds: 3 events, each in its place.\n", "")
    assert (frozen[0], lifted) == (0, (0, "Changes can go on.\n", ""))
    assert "drill" in refused
    assert len(here.patches()) == 1


@pytest.mark.parametrize("command", [("audit", "verify"), ("freeze",), ("unfreeze",)])
async def test_only_an_existing_database_is_used(
    postgres: Databases, command: tuple[str, ...]
) -> None:
    """One without the bot's tables is named, and none are made."""
    url = postgres.empty_database()

    code, out, err = await run(*command, env={"DATABASE_URL": url})

    tables = postgres.execute("SELECT FROM pg_tables WHERE schemaname = 'public'", url)
    postgres.drop(url)
    assert (code, out, tables) == (2, "", [])
    assert f"There is no database at {url.rpartition('/')[2]} at 127.0.0.1." in err


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (("do", "/token list", "--as", "U0ALICE"), " Nothing was changed."),
        (("run",), ""),
    ],
)
async def test_a_server_that_takes_no_writes(
    idle_world: World, tmp_path: Path, postgres: Databases, command: tuple[str, ...], then: str
) -> None:
    """A standby can confirm nothing, so no bot begins on one; its record can be read."""
    url = postgres.new_database()
    name = url.rpartition("/")[2]
    postgres.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    variables = {**environment(idle_world, tmp_path), "DATABASE_URL": libpq(url)}

    ended = await run(*command, env=variables)
    verified = await run("audit", "verify", env=variables)

    postgres.drop(url)
    assert (ended[0], ended[1]) == (2, "")
    assert ended[2].splitlines()[-1] == (
        f"DATABASE_URL cannot be opened: it takes no writes.{then} token-bot check says what to do."
    )
    assert verified[:2] == (
        0,
        f"The record in {name} at 127.0.0.1 holds: 0 events, each in its place.\n",
    )


async def test_a_server_that_does_not_answer(idle_world: World, tmp_path: Path) -> None:
    """The start names the variable and the cause, without the password."""
    nowhere = "postgresql://bot:hunter2@127.0.0.1:9/bot"
    variables = {**environment(idle_world, tmp_path), "DATABASE_URL": nowhere}

    code, out, err = await run("run", env=variables)

    assert (code, out) == (2, "")
    assert err.startswith("DATABASE_URL cannot be opened: bot at 127.0.0.1: ")
    assert err.endswith("refused. token-bot check says what to do.\n")
    assert "hunter2" not in err
    assert "Traceback" not in err


async def test_processes_that_start_at_once(
    idle_world: World, tmp_path: Path, postgres: Databases
) -> None:
    """On an empty database; then whichever is asked, one does it, and all know of it."""
    url = postgres.empty_database()
    variables = {**environment(idle_world, tmp_path), "DATABASE_URL": libpq(url)}
    async with AsyncExitStack() as stack:
        running = await asyncio.gather(
            *(stack.enter_async_context(bot_process(idle_world, variables)) for _ in range(3))
        )
        await disable(idle_world)
        for each in running:
            each.terminate()
        codes = [await each.ends() for each in running]

    postgres.drop(url)
    assert codes == [0, 0, 0]
    assert len(idle_world.patches()) == 1
    assert "Token disabled" in idle_world.channel()[0].plain


async def test_a_password_is_in_no_log(
    idle_world: World, tmp_path: Path, own_postgres: Server
) -> None:
    """At the finest level, also while the server is gone and comes back."""
    own_postgres.execute("CREATE ROLE bot SUPERUSER LOGIN PASSWORD 'hunter2'")
    own_postgres.require_passwords()
    url = libpq(own_postgres.empty_database()).replace("postgres@", "bot:hunter2@", 1)
    variables = {
        **environment(idle_world, tmp_path),
        "DATABASE_URL": url,
        "LOG_LEVEL": "DEBUG",
    }

    async with bot_process(idle_world, variables) as running:
        own_postgres.stop()
        await running.logged("cannot listen to the database; looking at intervals")
        own_postgres.start()
        await running.logged("listening to the database again")
        await disable(idle_world)
        running.terminate()
        assert await running.ends() == 0

    assert "hunter2" not in f"{running.lines}"
    events = [line["event"] for line in running.lines]
    assert events.count("cannot listen to the database; looking at intervals") == 1
