import asyncio

from bot.storage.turns import Turns


async def _held(turns: Turns, name: str, order: list[str], *, urgent: bool = False) -> None:
    async with turns.turn(urgent=urgent):
        order.append(name)
        await asyncio.sleep(0)


async def test_the_urgent_ones_go_first() -> None:
    """Whoever has the turn keeps it; then come the urgent ones, each kind as it came."""
    turns, order = Turns(), list[str]()
    async with asyncio.TaskGroup() as group:
        for name in ("first", "second", "third"):
            group.create_task(_held(turns, name, order))
        for name in ("ack", "lease"):
            group.create_task(_held(turns, name, order, urgent=True))

    assert order == ["first", "ack", "lease", "second", "third"]


async def test_whoever_gives_up_holds_nobody_up() -> None:
    """One gives up in line, one as its turn comes: those behind them have theirs."""
    turns, order = Turns(), list[str]()
    async with turns.turn(urgent=False):
        waiting = [asyncio.create_task(_held(turns, str(number), order)) for number in range(4)]
        await asyncio.sleep(0)
        waiting[0].cancel()
    # It is the next one's turn now, who does not know it yet.
    waiting[1].cancel()
    await asyncio.wait_for(asyncio.gather(*waiting[2:]), 5)

    assert order == ["2", "3"]
    assert waiting[0].cancelled()
    assert waiting[1].cancelled()
    await asyncio.wait_for(_held(turns, "after", order), 5)
    assert order[-1] == "after"
