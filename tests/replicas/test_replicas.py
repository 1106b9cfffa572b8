"""What two replicas on one PostgreSQL owe beyond what one does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from tests.attacks import APPROVALS, ROLES, freeze, id_of, path, reopened, shows, unfreeze
from tests.counting import Count
from tests.postgresql import Databases, Server
from tests.world import BRISK, World, world

SELDOM = replace(
    BRISK,
    tempo=replace(BRISK.tempo, pace=replace(BRISK.tempo.pace, poll=timedelta(minutes=5))),
)
LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
COUNT_LISTENERS = f"SELECT count(*) {LISTENERS}"
END_LISTENERS = f"SELECT pg_terminate_backend(pid) {LISTENERS}"


async def test_a_limit_is_exact(idle_world: World, count: Count) -> None:
    """Of ten commands of one person at once, as many run as the limit lets, and not one more."""
    here = idle_world
    await here.start(policy=f"{ROLES}\n[limits]\ntargets_per_person = 4\n")

    texts = [f"describe {TELEGRAF_EDGE_42} text {n}" for n in range(10)]
    await asyncio.gather(
        *(here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", text) for text in texts)
    )
    await here.settled()

    waiting = [each for each in here.channel() if "Approval needed" in each.plain]
    assert (len(here.patches()), len(waiting)) == (4, 6)
    count(f"a limit of 4 and 10 commands at once: {len(here.patches())} carried out")


async def test_refusals_at_once_are_counted_each(here: World) -> None:
    """Of twenty refusals of one person at once, five have a line of their own."""
    await asyncio.gather(
        *(
            here.slack.command("U0MALLORY", cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
            for _ in range(20)
        )
    )
    await here.settled()

    async with here.store() as store, store.transaction() as transaction:
        counted = await transaction.refusals_to_count("U0MALLORY")
    assert counted is not None
    assert counted.count == 20
    assert await here.tags() == ["request.denied"] * 5


async def test_undo_on_both_at_once(here: World, count: Count) -> None:
    """Thirty times: one inverse PATCH, and one person is told that the other was first."""
    firsts = {"alice": 0, "bob": 0}
    for number in range(1, 31):
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        message = here.channel()[-1]
        people = [cast.ALICE, cast.BOB] if number % 2 else [cast.BOB, cast.ALICE]
        told = {user: len(here.slack.ephemerals(user)) for user in people}

        await asyncio.gather(*(here.slack.press(user, message, "Undo") for user in people))
        await here.settled()

        assert len(reopened(here)) == number
        losers = [user for user in people if len(here.slack.ephemerals(user)) > told[user]]
        assert len(losers) == 1
        winner = "bob" if losers == [cast.ALICE] else "alice"
        assert f"Undone by @{winner}" in message.plain
        assert f"By @{winner}." in here.last(losers[0])
        firsts[winner] += 1

    tally = ", ".join(f"{name} first {times} times" for name, times in firsts.items())
    count(f"Undo on both at once: 30 rounds, {len(reopened(here))} inverse PATCHes ({tally})")


async def test_changes_of_one_token_at_once_all_hold(here: World) -> None:
    """InfluxDB loses one of two updates at once; replicas take turns, so the last asked for holds.

    In the order in which they were stored.
    """
    here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    await asyncio.gather(
        *(
            here.slack.command(user, cast.INCIDENTS, "/token", text)
            for user, text in (
                (cast.ALICE, f"describe {TELEGRAF_EDGE_42} by alice"),
                (cast.BOB, f"disable {TELEGRAF_EDGE_42}"),
            )
        )
    )
    await here.settled()

    token = here.influxdb.authorization(TELEGRAF_EDGE_42)
    assert (token.description, token.status) == ("by alice", "inactive")


async def test_a_freeze_holds_for_both(here: World) -> None:
    """Whichever replica is asked refuses; lifted, whichever is asked obeys."""
    await freeze(here)
    for _ in range(2):
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        assert "changes are stopped" in here.last()
    assert here.patches() == []

    await unfreeze(here)
    for token in (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43):
        await here.say(f"disable {token}")

    assert [where for where, _ in here.patches()] == [
        path(TELEGRAF_EDGE_42),
        path(TELEGRAF_EDGE_43),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"disable {TELEGRAF_EDGE_42} --on {'x' * 200}",
        f"disable --user {'x' * 500}",
        f"disable {'a' * 200}",
        f"show {TELEGRAF_EDGE_42} --on {'x' * 200}",
        f"undo {'A' * 200}",
        f"history {'A' * 200}",
        f"list {'x' * 500} --org {'x' * 500}",
        f"describe {TELEGRAF_EDGE_42} a\x00b",
        f"disable {TELEGRAF_EDGE_42} --reason a\x00b",
    ],
)
@pytest.mark.parametrize("user", [cast.ALICE, "U0MALLORY"])
async def test_what_no_column_holds_is_answered_all_the_same(
    here: World, text: str, user: str
) -> None:
    """PostgreSQL counts characters and takes no NUL, as SQLite does not; nobody gets to that."""
    await here.say(text, user=user)

    assert here.slack.ephemerals(user) != [] or here.channel() != []
    assert "Could not confirm" not in f"{here.slack.ephemerals(user)}"
    assert "does not answer" not in f"{here.slack.ephemerals(user)}"


async def test_word_reaches_whoever_waits(idle_world: World) -> None:
    """What another process lets go on is carried out at once, long before anybody looks again."""
    here = idle_world
    here.timing = SELDOM
    await here.start(policy=APPROVALS)
    here.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"enable {TELEGRAF_EDGE_42}")
    message = await shows(here, "Approval needed")
    await freeze(here)
    await here.slack.press(cast.BOB, message, "Approve")
    await shows(here, "Waiting: enable")
    async with asyncio.timeout(10):
        while (await here.request(id_of(message))).lease is not None:  # noqa: ASYNC110 - polled, as nobody tells
            await asyncio.sleep(0.01)
    # It is due again by now, and nobody looks.
    here.now.advance(timedelta(seconds=1))

    await unfreeze(here)

    await shows(here, "Token enabled")
    assert reopened(here) == [path()]


async def test_deaf_replicas_look_at_intervals(
    here: World, postgres: Databases, postgresql_url: str
) -> None:
    """With the connections gone on which they listen, changes go on, and they listen again."""

    async def both_listen() -> None:
        async with asyncio.timeout(30):
            while postgres.execute(COUNT_LISTENERS, postgresql_url) != [(2,)]:  # noqa: ASYNC110 - another process tells
                await asyncio.sleep(0.02)

    for number in range(3):
        await both_listen()
        assert postgres.execute(END_LISTENERS, postgresql_url) == [(True,)] * 2
        await here.say(f"describe {TELEGRAF_EDGE_42} text {number}")
    await both_listen()

    assert len(here.patches()) == 3


@pytest.fixture
async def restartable(
    tmp_path_factory: pytest.TempPathFactory, own_postgres: Server
) -> AsyncIterator[World]:
    """Two replicas on a PostgreSQL that may be stopped."""
    folder = tmp_path_factory.mktemp("restartable")
    async with world(folder, database_url=own_postgres.new_database(), replicas=2) as here:
        await here.start()
        yield here


async def test_postgresql_restarted_in_the_middle(restartable: World, own_postgres: Server) -> None:
    """While a PATCH is on its way: it is sent once, its outcome is recorded, and told."""
    here = restartable
    gate = here.influxdb.gate("PATCH", path())
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
    await here.reached(gate)

    own_postgres.stop()
    gate.release()
    meanwhile = await here.slack.command(
        cast.BOB, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_43}"
    )
    own_postgres.start()
    await here.settled()

    assert meanwhile.seconds < 2.9
    assert "Could not confirm that this was stored" in here.last(cast.BOB)
    assert [where for where, _ in here.patches()] == [path()]
    (message,) = here.channel()
    assert message.plain.startswith("Token disabled")
    assert (await here.tags())[0] == "request.accepted"
    assert (await here.tags()).count("change.done") == 1

    await here.say(f"disable {TELEGRAF_EDGE_43}", user=cast.BOB)
    assert len(here.patches()) == 2


async def test_a_postgresql_that_hangs_is_answered_for_in_time(
    restartable: World, own_postgres: Server
) -> None:
    """The ack comes before Slack's 3 seconds are over, and says what is known."""
    here = restartable
    await here.say("whoami")

    with own_postgres.hanging():
        deliveries = await asyncio.gather(
            *(
                here.slack.command(user, cast.INCIDENTS, "/token", f"disable {TELEGRAF_EDGE_42}")
                for user in (cast.ALICE, cast.BOB)
            )
        )
    await here.settled()

    for each, user in zip(deliveries, (cast.ALICE, cast.BOB), strict=True):
        assert each.error is None
        assert each.seconds < 2.9
        assert "Could not confirm that this was stored" in here.last(user)
    await here.say(f"disable {TELEGRAF_EDGE_43}")
    assert path(TELEGRAF_EDGE_43) in [where for where, _ in here.patches()]
