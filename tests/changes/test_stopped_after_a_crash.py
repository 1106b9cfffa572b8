"""Changes are stopped while a PATCH may be on its way whose executor is gone."""

from dataclasses import replace
from datetime import timedelta

from bot.changes.authorization import Status
from bot.changes.decision import Freeze
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from tests.changes.conftest import TOKENS
from tests.changes.samples import DISABLE, NOON, change
from tests.changes.workshop import Workshop

# Longer than a PATCH may be on its way.
LATE = timedelta(minutes=3)


async def left_behind(here: Workshop) -> ChangeRequest:
    """Store a change whose executor ended after its intent, and stop all changes."""
    token = TOKENS[0]
    here.default.tokens[token.id] = token
    intended = Target(
        "default",
        token.id,
        DISABLE,
        state=TargetState.INTENDED,
        before=token,
        intended_at=NOON,
    )
    request = change(state=RequestState.EXECUTING, targets=(intended,))
    await here.put(request)
    await freeze(here, Freeze(here.now))
    return request


async def freeze(here: Workshop, freeze: Freeze | None) -> None:
    """Stop all changes, or let them go on."""
    async with here.store.transaction() as transaction:
        await transaction.set_freeze(freeze)


async def test_what_arrived_is_done_though_changes_are_stopped(here: Workshop) -> None:
    """It is read, and told as what it is: its message must not say that nothing was changed."""
    request = await left_behind(here)
    token = here.default.tokens[TOKENS[0].id]
    here.default.tokens[token.id] = replace(
        token, status=Status.INACTIVE, revision=token.revision + 1
    )

    async with here.working():
        await here.settled()
    done = await here.request(request.id)

    assert (done.state, done.targets[0].state) == (RequestState.FINISHED, TargetState.DONE)
    assert here.default.sent == []
    assert done.interrupted == 1


async def test_what_did_not_arrive_waits_for_the_end_of_the_stop(here: Workshop) -> None:
    """Once it would have arrived it is known that it was not sent; then it waits like others."""
    request = await left_behind(here)

    async with here.working():
        await here.settled()
        early = await here.request(request.id)
        here.later(LATE)
        await here.settled()
        late = await here.request(request.id)
        sent = len(here.default.sent)
        await freeze(here, None)
        here.later(timedelta(seconds=3))
        await here.settled()
        done = await here.request(request.id)

    assert early.targets[0].perhaps_sent
    assert "changes are stopped" in early.held_back
    assert late.targets[0].unsent
    assert "changes are stopped" in late.held_back
    assert sent == 0
    assert (done.state, len(here.default.sent)) == (RequestState.FINISHED, 1)
    assert (await here.tags()).count("change.interrupted") == done.interrupted == 1
