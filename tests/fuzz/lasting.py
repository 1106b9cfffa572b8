"""A world that lasts over many inputs, with what nobody may see looked for after each."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Generic, TypeVar

from tests.fuzz import watch
from tests.fuzz.watch import LogWatch

T = TypeVar("T")
W = TypeVar("W")

_SECONDS = 60.0
_ROUNDS = 100
_WARM = 4
_MOST_GROWTH = 48 * 1024 * 1024


class Lasting(Generic[W]):
    """Keep one world after another, each for so many uses.

    A world is thrown away when something in it was wrong, so that what is tried next does not
    suffer from it.

    Args:
        log: Reads the log.
        folder: Where each world gets a folder of its own.
        make: Makes a world in a folder.
        lasts: How many uses one is good for.
    """

    def __init__(
        self,
        log: LogWatch,
        folder: Path,
        make: Callable[[Path], AbstractAsyncContextManager[W]],
        lasts: int,
    ) -> None:
        self._log = log
        self._folder = folder
        self._make = make
        self._lasts = lasts
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._world: W | None = None
        self._uses = 0
        self._worlds = 0
        self._resident: list[int] = []
        self.inputs = 0

    def use(self, try_out: Callable[[W], Awaitable[list[str]]], inputs: int = 1) -> None:
        """Try something out in the world of now; raise AssertionError for what is wrong.

        Args:
            try_out: Says what is wrong beside what the log shows.
            inputs: How many inputs it tries.
        """
        if self._uses >= self._lasts:
            self._renew()
        self._uses += 1
        self.inputs += inputs
        try:
            wrong = self._runner.run(self._tried(try_out))
        except TimeoutError:
            wrong = [f"not done within {_SECONDS:g} s; the log ends with", *self._log.latest]
        except BaseException:
            self._renew(checked=False)
            raise
        wrong += self._log.taken()
        if wrong:
            self._renew(checked=False)
        assert wrong == [], "\n".join(wrong)

    def close(self) -> None:
        """End the last world, and raise AssertionError if memory has grown, or a task is left."""
        self._renew()
        self._runner.close()
        if len(self._resident) > 2 * _WARM:
            grown = self._resident[-1] - max(self._resident[:_WARM])
            assert grown < _MOST_GROWTH, f"memory grew by {grown:,} bytes: {self._resident}"

    def abandon(self) -> None:
        """End the last world without looking at it."""
        self._renew(checked=False)
        self._runner.close()

    async def _tried(self, try_out: Callable[[W], Awaitable[list[str]]]) -> list[str]:
        async with asyncio.timeout(_SECONDS):
            if self._world is None:
                self._worlds += 1
                place = self._folder / f"world-{self._worlds}"
                place.mkdir()
                self._world = await self._stack.enter_async_context(self._make(place))
            return await try_out(self._world)

    def _renew(self, *, checked: bool = True) -> None:
        """End the world of now; the next use begins another."""
        if self._world is None:
            return
        self._world, self._uses = None, 0
        left = self._runner.run(self._ended())
        place = self._folder / f"world-{self._worlds}"
        wrong = [*left, *watch.wrong_with_files(place), *self._log.taken()]
        for file in place.iterdir():
            file.unlink()
        self._resident.append(watch.resident())
        assert not (checked and wrong), "\n".join(wrong)

    async def _ended(self) -> list[str]:
        async with asyncio.timeout(_SECONDS):
            await self._stack.aclose()
        # Connections end in the loop's next rounds.
        for _ in range(_ROUNDS):
            await asyncio.sleep(0.01)
            if asyncio.all_tasks() == {asyncio.current_task()}:
                return []
        left = asyncio.all_tasks() - {asyncio.current_task()}
        return [f"a task is left: {task!r}" for task in left]
