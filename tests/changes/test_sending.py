"""PATCHes are sent some at a time, until somebody stops it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.authorization import Authorization
from bot.changes.errors import Effect, ErrorCode, Problem, UpstreamError
from bot.changes.sending import Brake, send
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from tests.changes.samples import DISABLE, UNHURRIED, authorization
from tests.changes.workshop import InMemoryAuthorizations

LOST = UpstreamError(Problem(ErrorCode.INSTANCE_UNAVAILABLE, "No answer."), Effect.POSSIBLE)


def ids(count: int) -> list[str]:
    """Give so many ids."""
    return [f"{n:016x}" for n in range(1, count + 1)]


def targets(count: int) -> list[Target]:
    """Make so many targets."""
    return [Target("default", each, DISABLE) for each in ids(count)]


def instance(count: int) -> InMemoryAuthorizations:
    """Make an instance with so many tokens."""
    return InMemoryAuthorizations(authorization(id=each) for each in ids(count))


class Gated(InMemoryAuthorizations):
    """An instance whose PATCHes wait until each is let through by itself."""

    def __init__(self, count: int) -> None:
        super().__init__(authorization(id=each) for each in ids(count))
        self.inside: list[str] = []
        self.most_inside = 0
        self._room = asyncio.Semaphore(0)
        self._arrived = asyncio.Condition()

    async def update(
        self, authorization_id: str, update: AuthorizationUpdate, before: Authorization | None
    ) -> None:
        """Wait to be let through."""
        self.inside.append(authorization_id)
        self.most_inside = max(self.most_inside, len(self.inside))
        async with self._arrived:
            self._arrived.notify_all()
        await self._room.acquire()
        self.inside.remove(authorization_id)
        await super().update(authorization_id, update, before)

    async def arrived(self, reached: Callable[[], bool]) -> None:
        """Wait until something has come to be."""
        async with self._arrived:
            await self._arrived.wait_for(reached)

    def let_through(self, count: int) -> None:
        """Let so many through."""
        for _ in range(count):
            self._room.release()


async def test_what_was_accepted_and_what_was_not() -> None:
    """The error of each that was refused, by its id; None for the others."""
    where = instance(3)
    where.refusals[ids(3)[1]] = LOST

    sent = await send(where, targets(3), 2, Brake())

    assert sent == {ids(3)[0]: None, ids(3)[1]: LOST, ids(3)[2]: None}
    assert [where.tokens[each].active for each in ids(3)] == [False, True, False]


async def test_no_more_than_allowed_are_on_their_way() -> None:
    """And as many as allowed: nobody waits for one that is slow."""
    where, brake = Gated(7), Brake()
    sending = asyncio.create_task(send(where, targets(7), 3, brake))
    await where.arrived(lambda: len(where.inside) >= 3)
    first = list(where.inside)

    where.let_through(1)
    await where.arrived(lambda: ids(7)[3] in where.inside)
    second = list(where.inside)
    where.let_through(6)
    sent = await sending

    assert first == ids(7)[:3]
    assert second == [*ids(7)[1:3], ids(7)[3]]
    assert where.most_inside == 3
    assert (sent, brake.sent) == (dict.fromkeys(ids(7)), 7)


@pytest.mark.parametrize("stop", [{"cancelled": True}, {"held_back": "changes are stopped"}])
async def test_a_brake_stops_what_is_not_sent(stop: dict[str, object]) -> None:
    """What is on its way arrives; what is not in the result was not sent."""
    where, brake = Gated(5), Brake()
    sending = asyncio.create_task(send(where, targets(5), 2, brake))
    await where.arrived(lambda: len(where.inside) >= 2)

    for name, value in stop.items():
        setattr(brake, name, value)
    where.let_through(5)
    sent = await sending

    assert sent == dict.fromkeys(ids(5)[:2])
    assert [each for each, _ in where.sent] == ids(5)[:2]
    assert brake.sent == 2


async def test_a_brake_that_is_on_lets_nothing_through() -> None:
    """Not even the first."""
    where, brake = instance(2), Brake()
    brake.cancelled = True

    assert await send(where, targets(2), 2, brake) == {}
    assert where.sent == []


async def test_each_is_sent_its_own_update() -> None:
    """An undo of several sets something else on each."""
    where = instance(2)
    described = replace(targets(2)[1], update=AuthorizationUpdate(description="second"))

    await send(where, [targets(2)[0], described], 1, Brake())

    assert where.sent == [
        (ids(2)[0], DISABLE),
        (ids(2)[1], AuthorizationUpdate(description="second")),
    ]


@UNHURRIED
@given(count=st.integers(0, 12), at_once=st.integers(1, 40), failing=st.sets(st.integers(0, 11)))
async def test_everything_is_sent_once(count: int, at_once: int, failing: set[int]) -> None:
    """However many at a time, and whatever fails."""
    where = instance(count)
    where.refusals = {ids(12)[n]: LOST for n in failing}

    sent = await send(where, targets(count), at_once, Brake())

    assert sorted(each for each, _ in where.sent) == ids(count)
    assert sent == {each: LOST if n in failing else None for n, each in enumerate(ids(count))}
