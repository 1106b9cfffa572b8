"""Changes of one token: who waits for whom, and for how long."""

import asyncio
from datetime import timedelta

from bot.changes.authorization import Authorization
from bot.changes.errors import Effect, ErrorCode, Problem, UpstreamError
from bot.changes.states import RequestState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.changes.wish import Wish
from tests.changes.conftest import TOKENS
from tests.changes.samples import BOB, DISABLE
from tests.changes.workshop import DOWN, Workshop

BUSY = UpstreamError(
    Problem(ErrorCode.INSTANCE_UNAVAILABLE, "busy (HTTP 429)."), Effect.NONE, passing=True
)
FIRST, SECOND = (Target("default", each.id, DISABLE) for each in TOKENS[:2])
RENAME = AuthorizationUpdate(description="found in a gist")


async def test_nobody_waits_for_a_change_that_is_done_with_the_token(here: Workshop) -> None:
    """One of its tokens is busy for hours; the other is free for whoever asks next."""
    here.default.refusals[SECOND.authorization_id] = BUSY
    async with here.working():
        slow = await here.heart.intake.open(here.ask(), Wish((FIRST, SECOND)))
        await here.settled()
        await here.heart.moves.confirm(here.ask(), slow.id)
        await here.settled()
        rename = Wish((Target("default", FIRST.authorization_id, RENAME),))
        quick = await here.heart.intake.open(here.ask(BOB), rename)
        await here.settled()
        waiting, done = await here.request(slow.id), await here.request(quick.id)

    assert waiting.state is RequestState.EXECUTING
    assert [target.state.value for target in waiting.targets] == ["done", "intended"]
    assert done.state is RequestState.FINISHED
    assert here.default.tokens[FIRST.authorization_id].description == "found in a gist"


async def test_whoever_comes_behind_a_cancelled_change_goes_on_at_once(here: Workshop) -> None:
    """The first waits for an instance and is cancelled; the second does not look in vain first."""
    here.default.silent = DOWN
    async with here.working():
        first = await here.heart.intake.open(here.ask(), Wish((FIRST,)))
        await here.settled()
        behind = await here.heart.intake.open(here.ask(BOB), Wish((FIRST,)))
        await here.settled()
        here.later(timedelta(seconds=4))
        await here.settled()
        held_back = (await here.request(behind.id)).held_back
        here.default.silent = None
        await here.heart.moves.cancel(here.ask(), first.id)
        await here.settled()
        then = await here.request(behind.id)

    assert first.id in held_back
    assert then.state is RequestState.FINISHED


async def test_a_cancel_is_heard_by_an_executor_that_is_at_it(here: Workshop) -> None:
    """It comes while the executor looks in vain: the change ends now, not at its next try."""
    here.default.refusals[SECOND.authorization_id] = BUSY
    looking, go_on = asyncio.Event(), asyncio.Event()
    answer = here.default.get

    async def slow(authorization_id: str) -> Authorization:
        looking.set()
        await go_on.wait()
        return await answer(authorization_id)

    async with here.working():
        change = await here.heart.intake.open(here.ask(), Wish((FIRST, SECOND)))
        await here.settled()
        await here.heart.moves.confirm(here.ask(), change.id)
        await here.settled()
        here.later(timedelta(minutes=10))
        here.default.get, here.default.silent = slow, DOWN  # type: ignore[method-assign]
        here.heart.executor.wake()
        await looking.wait()
        await here.heart.moves.cancel(here.ask(), change.id)
        go_on.set()
        await here.settled()
        cancelled = await here.request(change.id)

    assert [target.state.value for target in cancelled.targets] == ["done", "cancelled"]
    assert cancelled.state is RequestState.FINISHED
