"""Ctrl-C around the work of a command: before it, within it, and when it has ended."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from bot.cli.interruptible import interruptible


def _ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Answer Ctrl-C as Python does; whoever runs the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


class _Unlucky(asyncio.DefaultEventLoopPolicy):
    """Makes loops in whose making, or closing, somebody presses Ctrl-C.

    Args:
        made: Whether it is in their making.
    """

    def __init__(self, *, made: bool) -> None:
        super().__init__()
        self._made = made

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Make one."""
        return _MadeLoop() if self._made else _ClosedLoop()


class _MadeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        _ctrl_c()
        super().__init__()


class _ClosedLoop(asyncio.SelectorEventLoop):
    def close(self) -> None:
        _ctrl_c()
        super().close()


@pytest.fixture
def unlucky(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have loops in which that happens."""
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(_Unlucky(made=request.param))
    yield
    asyncio.set_event_loop_policy(before)


def test_within_the_work() -> None:
    """It ends the work, which may put things in order."""
    put = []

    async def work() -> None:
        try:
            _ctrl_c()
            await asyncio.Event().wait()
        finally:
            put.append("in order")

    with pytest.raises(KeyboardInterrupt):
        interruptible(work)

    assert put == ["in order"]


@pytest.mark.parametrize("unlucky", [True], indirect=True)
def test_before_the_work(unlucky: None) -> None:
    """It waits until there is something that it can end."""
    del unlucky
    went_on = []

    async def work() -> None:
        await asyncio.sleep(0)
        went_on.append(True)

    with pytest.raises(KeyboardInterrupt):
        interruptible(work)

    assert not went_on


@pytest.mark.parametrize("unlucky", [False], indirect=True)
def test_behind_the_work(unlucky: None) -> None:
    """What is done stays told so."""
    del unlucky

    async def work() -> str:
        return "Token disabled."

    assert interruptible(work) == "Token disabled."


def test_whoever_has_it_ignored() -> None:
    """Behind a shell's ampersand nothing is interrupted, and stays so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def work() -> str:
        _ctrl_c()
        await asyncio.sleep(0)
        return "Token disabled."

    told, left = interruptible(work), signal.getsignal(signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert (told, left) == ("Token disabled.", signal.SIG_IGN)
