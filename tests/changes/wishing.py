"""Alice asks for changes, and the workshop carries them out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.changes.policy import ApprovalRules
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.changes.update import ChangeKind
from bot.changes.wish import Wish
from tests.changes.conftest import TOKENS
from tests.changes.samples import ALICE, DISABLE
from tests.changes.workshop import Workshop

NEEDED = ApprovalRules(needed_for=frozenset({ChangeKind.DISABLE}))


def wish(*numbers: int, instance: str = "default", **fields: Any) -> Wish:
    """Wish that tokens be disabled."""
    targets = tuple(Target(instance, TOKENS[n].id, DISABLE) for n in numbers)
    return Wish(targets, **fields)


async def asked(here: Workshop, wanted: Wish) -> ChangeRequest:
    """Let Alice ask, and carry out what can be."""
    request = await here.heart.intake.open(here.ask(), wanted)
    await here.settled()
    return await here.request(request.id)


async def again(here: Workshop, request: ChangeRequest) -> ChangeRequest:
    """Carry out what can be, and read a request anew."""
    await here.settled()
    return await here.request(request.id)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has come to be, while the executor is at it."""
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 - the executor tells nobody
            await asyncio.sleep(0.01)


async def confirm(here: Workshop, request: ChangeRequest, **more: str) -> None:
    """Let Alice confirm."""
    await here.heart.moves.confirm(here.ask(ALICE), request.id, **more)
