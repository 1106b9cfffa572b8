"""What is so on PostgreSQL alone, where many write at once and the server may be gone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any, Self

import pytest

from bot.bootstrap import open_store
from bot.changes.approval import Approval, Vote
from bot.changes.decision import Freeze
from bot.changes.errors import StoreUnavailableError
from bot.changes.request import Timer
from bot.changes.states import RequestState
from bot.storage.store import SqlStore, SqlTransaction
from tests.changes.samples import BOB, NOON, change, done
from tests.postgresql import Databases, Server
from tests.storage.stored import found, stored

LEASE = timedelta(minutes=1)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Where the database is."""
    return postgresql_url


class Stopwatch:
    """Tell how many seconds its context was open."""

    def __enter__(self) -> Self:
        self._begun = monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = monotonic() - self._begun


async def write(store: SqlStore, name: str) -> None:
    """Write something."""
    async with store.transaction() as transaction:
        await transaction.store_query(name, "{}", NOON)


async def read(store: SqlStore, name: str) -> str | None:
    """Read it."""
    async with store.reading() as reading:
        return await reading.query(name)


async def test_writers_do_not_wait_for_each_other(store: SqlStore) -> None:
    """Two transactions of one process that touch different things both come to their end."""
    both = asyncio.Barrier(2)

    async def meet(name: str) -> None:
        async with store.transaction() as transaction:
            await transaction.store_query(name, "{}", NOON)
            await both.wait()

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(meet("a"))
        group.create_task(meet("b"))

    assert [await read(store, name) for name in ("a", "b")] == ["{}", "{}"]


async def test_numbers_are_drawn_in_the_order_of_commits(
    store: SqlStore, replica: SqlStore
) -> None:
    """Whoever sees a request sees all with a smaller number: the second waits for the first."""
    async with store.transaction() as transaction:
        await transaction.add_request(change(id="00000A"), NOON)
        second = asyncio.create_task(stored(replica, change(id="00000B")))
        done_, _ = await asyncio.wait([second], timeout=0.3)
    await second

    assert done_ == set()
    async with store.transaction() as transaction:
        claimed = await transaction.claim("a", NOON, LEASE, 9)
    assert [each.id for each in claimed] == ["00000A", "00000B"]


async def test_whoever_moves_a_request_keeps_others_from_it(
    store: SqlStore, replica: SqlStore
) -> None:
    """The second reads what the first has made of it; who only reads, or adds to it, waits not."""
    await stored(store, change(state=RequestState.PREVIEWED))

    async def second() -> RequestState:
        async with replica.transaction() as transaction:
            request = await transaction.request_to_move("7F3K2Q")
            assert request is not None
            return request.state

    async with asyncio.timeout(5), store.transaction() as transaction:
        await transaction.request_to_move("7F3K2Q")
        waiting = asyncio.create_task(second())
        read_meanwhile = await found(replica, "7F3K2Q")
        await stored(replica, change(id="00000B", undo_of="7F3K2Q"))
        moved = change(state=RequestState.CANCELLED)
        assert await transaction.move_on(moved, RequestState.PREVIEWED, NOON)

    assert read_meanwhile is not None
    assert read_meanwhile.state is RequestState.PREVIEWED
    assert await waiting is RequestState.CANCELLED


async def test_executors_do_not_wait_for_a_request_that_is_moved(
    store: SqlStore, replica: SqlStore
) -> None:
    """They take the others."""
    await stored(store, change(id="00000A"), change(id="00000B"))

    async with asyncio.timeout(2), store.transaction() as transaction:
        await transaction.request_to_move("00000A")
        async with replica.transaction() as other:
            claimed = await other.claim("a", NOON, LEASE, 9)

    assert [each.id for each in claimed] == ["00000B"]


async def test_one_person_is_taken_one_at_a_time(store: SqlStore, replica: SqlStore) -> None:
    """Another one is not held up."""

    async def begin(user_id: str) -> None:
        async with replica.transaction() as transaction:
            await transaction.one_at_a_time(user_id)

    async with store.transaction() as transaction:
        await transaction.one_at_a_time("U0ALICE")
        await asyncio.wait_for(begin("U0BOB"), 2)
        again = asyncio.create_task(begin("U0ALICE"))
        done_, _ = await asyncio.wait([again], timeout=0.3)
    await again

    assert done_ == set()


async def test_two_that_wait_for_each_other(store: SqlStore, replica: SqlStore) -> None:
    """One of them is told that the database did not do it; the other comes to its end."""
    await stored(store, change(id="00000A"), change(id="00000B"))
    both = asyncio.Barrier(2)

    async def lock(where: SqlStore, *ids: str) -> None:
        async with where.transaction() as transaction:
            await transaction.request_to_move(ids[0])
            await both.wait()
            await transaction.request_to_move(ids[1])

    ends = await asyncio.gather(
        lock(store, "00000A", "00000B"), lock(replica, "00000B", "00000A"), return_exceptions=True
    )

    (failed,) = [each for each in ends if each is not None]
    assert isinstance(failed, StoreUnavailableError)
    assert str(failed) == "deadlock detected"


async def test_a_lock_is_waited_for_as_long_as_an_ack_may_take(
    store: SqlStore, replica: SqlStore
) -> None:
    """Then the database is unavailable, and whoever was locked out may try again."""
    await stored(store, change())
    async with store.transaction() as transaction:
        await transaction.request_to_move("7F3K2Q")
        with Stopwatch() as watch, pytest.raises(StoreUnavailableError, match="lock timeout"):
            await take_up(replica)

    assert 1.9 < watch.seconds < 5
    await write(replica, "q")


async def test_whoever_gives_up_does_so_at_once(store: SqlStore, replica: SqlStore) -> None:
    """And what they asked for is not done later, behind their back."""
    await stored(store, change())
    async with store.transaction() as transaction:
        await transaction.request_to_move("7F3K2Q")
        with Stopwatch() as watch, pytest.raises(TimeoutError):
            await asyncio.wait_for(take_up(replica), 0.5)

    assert watch.seconds < 1.5
    assert await read(store, "q") is None
    await write(replica, "q")


async def take_up(store: SqlStore) -> None:
    """Write something, and wait for a request."""
    async with store.transaction() as transaction:
        await transaction.store_query("q", "{}", NOON)
        await transaction.request_to_move("7F3K2Q")


async def begin_and_hang(store: SqlStore, server: Server) -> None:
    """Write something, and then more, to which nobody answers."""
    async with store.transaction() as transaction:
        await transaction.store_query("during", "{}", NOON)
        with server.hanging():
            await transaction.store_query("more", "{}", NOON)


async def begin_and_stop(store: SqlStore, server: Server) -> None:
    """Write something, and do not come to commit it."""
    async with store.transaction() as transaction:
        await transaction.store_query("during", "{}", NOON)
        server.stop()


async def test_a_server_that_hangs(own_postgres: Server) -> None:
    """Whoever gives up does so at once, and the store is well again when the server is."""
    async with open_store(own_postgres.new_database()) as store:
        await write(store, "before")
        with own_postgres.hanging(), Stopwatch() as watch, pytest.raises(TimeoutError):
            await asyncio.wait_for(write(store, "during"), 0.5)

        await write(store, "after")

        assert watch.seconds < 1.5
        assert await read(store, "during") is None


async def test_a_server_that_hangs_in_the_middle(own_postgres: Server) -> None:
    """So it is where a transaction has begun already."""
    async with open_store(own_postgres.new_database()) as store:
        with Stopwatch() as watch, pytest.raises(TimeoutError):
            await asyncio.wait_for(begin_and_hang(store, own_postgres), 0.5)

        assert watch.seconds < 2
        assert await read(store, "during") is None


async def test_a_server_that_is_restarted(own_postgres: Server) -> None:
    """What was under way is taken back and said to be; what comes after it is done."""
    async with open_store(own_postgres.new_database()) as store:
        await asyncio.gather(*(write(store, f"before {n}") for n in range(8)))
        with pytest.raises(StoreUnavailableError):
            await begin_and_stop(store, own_postgres)
        with pytest.raises(StoreUnavailableError) as raised:
            await write(store, "while it is gone")
        own_postgres.start()

        # Every connection of the pool was lost.
        await asyncio.gather(*(write(store, f"after {n}") for n in range(8)))

        names = ["before 7", "during", "while it is gone", "after 7"]
        assert [await read(store, name) for name in names] == ["{}", None, None, "{}"]
    assert "refused" in str(raised.value)


async def test_a_restart_that_nobody_noticed(own_postgres: Server) -> None:
    """Nothing was under way: nobody is told of anything."""
    async with open_store(own_postgres.new_database()) as store:
        await asyncio.gather(*(write(store, f"before {n}") for n in range(8)))
        own_postgres.stop()
        own_postgres.start()

        await asyncio.gather(*(write(store, f"after {n}") for n in range(8)))

        kept = [await read(store, f"{when} {n}") for when in ("before", "after") for n in range(8)]
        assert kept == ["{}"] * 16


async def test_a_password_is_in_no_error(own_postgres: Server) -> None:
    """Neither where it is wrong nor where nobody answers."""
    url = own_postgres.empty_database()
    own_postgres.execute("CREATE ROLE bot LOGIN PASSWORD 'right'")
    own_postgres.require_passwords()
    guessed = url.replace("postgres@", "bot:hunter2@", 1)

    with pytest.raises(StoreUnavailableError) as wrong:
        async with open_store(guessed):
            pass
    own_postgres.stop()
    with pytest.raises(StoreUnavailableError) as gone:
        async with open_store(guessed):
            pass

    assert 'password authentication failed for user "bot"' in str(wrong.value)
    assert "hunter2" not in f"{wrong.value!r} {gone.value!r}"


Step = Callable[[SqlTransaction], Coroutine[Any, Any, object]]
ASKED = change(
    id="00000A",
    state=RequestState.AWAITING_APPROVAL,
    approval=Approval("enabling needs an approval", ("U0BOB",), 2),
)
PREVIEWED = change(id="00000B", state=RequestState.PREVIEWED)
TIMED = done(id="00000C", announced=True, timer=Timer(timedelta(hours=1), LATER))
EXECUTING = change(id="00000D", state=RequestState.EXECUTING)


async def stand_in_line_and_be_called(transaction: SqlTransaction, called: str) -> None:
    """Have a request wait for one token, and call whoever waits for another or the same."""
    await transaction.wait_for_turn("a-00000A", "default:one")
    await transaction.call_next([f"default:{called}"], NOON)


@pytest.mark.parametrize(
    ("name", "step", "wakes"),
    [
        ("a request", lambda t: t.add_request(change(), NOON), 1),
        (
            "moved on",
            lambda t: t.move_on(change(id="00000B"), RequestState.PREVIEWED, NOON),
            1,
        ),
        (
            "not moved on",
            lambda t: t.move_on(change(id="00000B"), RequestState.ACCEPTED, NOON),
            0,
        ),
        ("a vote", lambda t: t.add_vote("00000A", Vote(BOB, NOON), NOON), 1),
        ("called", lambda t: stand_in_line_and_be_called(t, "one"), 1),
        ("not called", lambda t: stand_in_line_and_be_called(t, "another"), 0),
        ("its timer stopped", lambda t: t.stop_timer("00000C", "U0BOB", NOON), 1),
        ("no timer stopped", lambda t: t.stop_timer("00000D", "U0BOB", NOON), 0),
        ("cancelled midway", lambda t: t.cancel_the_rest("00000D", "U0BOB", NOON), 1),
        ("cancelled too late", lambda t: t.cancel_the_rest("00000C", "U0BOB", NOON), 0),
        ("due now", lambda t: t.release("a-00000A", NOON, 0, NOON), 1),
        ("due later", lambda t: t.release("a-00000A", LATER, 0, NOON), 0),
        ("never due", lambda t: t.release("a-00000A", None, 0, NOON), 0),
        ("frozen", lambda t: t.set_freeze(Freeze(NOON)), 0),
        ("let go on", lambda t: t.set_freeze(None), 1),
        ("only kept", lambda t: t.store_query("q", "{}", NOON), 0),
    ],
)
async def test_what_wakes_the_others(
    store: SqlStore, replica: SqlStore, name: str, step: Step, wakes: int
) -> None:
    """Whatever makes a request due does, once it is committed; nothing else does."""
    del name
    await stored(store, ASKED, PREVIEWED, TIMED, EXECUTING)
    async with store.transaction() as transaction:
        await transaction.claim("a", NOON, LEASE, 1)
    heard: list[str] = []
    async with listening(replica, lambda: heard.append("")):
        # Once for what became due before anybody listened.
        await until(lambda: len(heard) == 1)

        async with store.transaction() as transaction:
            await step(transaction)
        async with store.transaction() as transaction:
            # The mark by which the test knows that all before it has arrived.
            await transaction.add_request(change(id="00000Z"), NOON)
        await until(lambda: len(heard) >= 2 + wakes)

    assert len(heard) == 2 + wakes


async def test_nobody_is_woken_for_what_was_taken_back(store: SqlStore, replica: SqlStore) -> None:
    """Word goes out with the commit."""
    heard: list[str] = []
    async with listening(replica, lambda: heard.append("")):
        await until(lambda: len(heard) == 1)
        with suppress(ZeroDivisionError):
            async with store.transaction() as transaction:
                await transaction.add_request(change(), NOON)
                raise ZeroDivisionError
        await stored(store, change(id="00000Z"))
        await until(lambda: len(heard) >= 2)

    assert len(heard) == 2


async def test_whoever_listens_listens_again(
    store: SqlStore, replica: SqlStore, postgres: Databases, database_url: str
) -> None:
    """A connection that is lost is made anew, and what happened in between is looked for."""
    heard: list[str] = []
    async with listening(replica, lambda: heard.append("")):
        await until(lambda: len(heard) == 1)
        for times in (2, 3):
            ended = postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%'",
                database_url,
            )
            assert ended == [(True,)]
            await until(lambda times=times: len(heard) == times)  # type: ignore[misc]

        await stored(store, change())
        await until(lambda: len(heard) == 4)


@asynccontextmanager
async def listening(store: SqlStore, wake: Callable[[], None]) -> AsyncIterator[None]:
    """Listen while the context is open."""
    task = asyncio.create_task(store.listen(wake))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - word comes from another process
            await asyncio.sleep(0.005)
