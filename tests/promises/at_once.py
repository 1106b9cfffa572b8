"""People who press at the same moment."""

import asyncio

from bot.sandbox import cast
from bot.sandbox.slack import Message
from tests.world import World

NAMES = {cast.BOB: "bob", cast.CAROL: "carol"}


async def press_at_once(here: World, message: Message, *presses: tuple[str, str]) -> None:
    """Let people press at the same moment, in this order."""
    barrier = asyncio.Barrier(len(presses))

    async def press(user: str, button: str) -> None:
        await barrier.wait()
        await here.slack.press(user, message, button, outdated=True)

    async with asyncio.TaskGroup() as group:
        for user, button in presses:
            group.create_task(press(user, button))
    await here.settled()
