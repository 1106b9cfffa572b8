"""What waits is counted by what it waits for, without reading the whole record."""

from datetime import timedelta
from typing import Any

from sqlalchemy import event

from bot.changes.approval import Approval
from bot.changes.asking import Ask, Received
from bot.changes.backlog import Backlog, Stretch, Waiting
from bot.changes.break_glass import BreakGlass
from bot.changes.decision import Freeze
from bot.changes.request import Origin
from bot.changes.states import RequestState as S
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE, NOON, change
from tests.sqlite import place_database
from tests.storage.stored import stored

MINUTE = timedelta(minutes=1)
APPROVAL = Approval("enabling needs an approval", ("U0BOB",), 1)


async def backlog(store: SqlStore) -> Backlog:
    """Count what waits ten minutes after noon."""
    async with store.reading() as reading:
        return await reading.backlog(NOON + 10 * MINUTE)


async def test_each_waits_for_something(store: SqlStore) -> None:
    """By what comes next; what is due and in nobody's hands is counted beside, with its age.

    What is due later, as an approval that ends then, is not late. A break-glass is counted until
    its review, or until it has come to nothing.
    """
    nothing = await backlog(store)
    assert nothing == Backlog(NOON + 10 * MINUTE, {Stretch.DECIDE: Waiting()})
    assert [nothing.seconds_due(stretch) for stretch in Stretch] == [0] * 5
    told, awaiting = {"announced": True}, {"approval": APPROVAL}
    each: list[tuple[S, dict[str, Any]]] = [
        (S.ACCEPTED, {}),
        (S.EXECUTING, {}),
        (S.PREVIEWED, {}),
        (S.AWAITING_APPROVAL, awaiting),
        (S.FINISHED, {}),
        (S.DENIED, {}),
        (S.FINISHED, told),
        (S.FINISHED, told),
    ]
    glass: dict[str, Any] = {"break_glass": BreakGlass("several", ("U0BOB",))}
    not_yet = NOON + 11 * MINUTE
    await stored(
        store,
        change(id="00000A", state=S.PREVIEWED, created_at=not_yet, **glass),
        change(id="00000B", state=S.CANCELLED, created_at=not_yet, **glass),
    )
    for number, (state, more) in enumerate(each):
        at = NOON + number * MINUTE
        await stored(store, change(id=f"00000{number}", state=state, created_at=at, **more))
    async with store.transaction() as transaction:
        # The first is in somebody's hands, the second was and is not any more; the last is done.
        (first,) = await transaction.claim("a", NOON, timedelta(hours=1), 1)
        (second,) = await transaction.claim("b", NOON + MINUTE, timedelta(), 1)
        lease = (await transaction.claim("c", NOON + 7 * MINUTE, timedelta(), 99))[-1].lease
        await transaction.release(str(lease), None, 0, NOON)
        await transaction.set_freeze(Freeze(NOON, "drill"))
        ask = Ask(ALICE, Origin("C0"), "v0=aa", NOON + 9 * MINUTE)
        await transaction.add_received(Received(ask, "command", {"text": "list"}))

    found = await backlog(store)

    assert (first.id, second.id) == ("000000", "000001")
    assert found.stretches == {
        Stretch.DECIDE: Waiting(1, 1, NOON + 9 * MINUTE),
        Stretch.CARRY_OUT: Waiting(2, 1, NOON + MINUTE),
        Stretch.PERSON: Waiting(3, 2, NOON + 2 * MINUTE),
        Stretch.TELL: Waiting(3, 2, NOON + 4 * MINUTE),
        Stretch.WATCH: Waiting(1, 1, NOON + 6 * MINUTE),
    }
    assert found.seconds_due(Stretch.CARRY_OUT) == 9 * 60
    assert (found.stopped, found.unreviewed) == (True, 1)


async def test_a_long_record_is_not_read(sqlite_url: str) -> None:
    """Each statement looks rows of requests up by an index of what waits.

    What a server's planner chooses depends on how many rows it knows of, so that this is SQLite's.
    """
    place_database(sqlite_url)
    engine = create_engine(sqlite_url)
    statements: list[tuple[str, Any]] = []

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, given: Any, *_: object) -> None:
        statements.append((statement, given))

    async with SqlStore(engine).reading() as reading:
        await reading.backlog(NOON)
    plans: list[str] = []
    async with engine.connect() as connection:
        for statement, given in [each for each in statements if "FROM requests" in each[0]]:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            plans += [row.detail for row in rows if "requests" in row.detail]
    await engine.dispose()
    assert len(plans) == 2
    assert [plan for plan in plans if "USING INDEX ix_requests_" not in plan] == []
