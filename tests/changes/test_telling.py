"""While Slack does not take what there is to tell: what is tried again, and what goes on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.changes.authorization import Status
from bot.changes.errors import Effect, ErrorCode, Problem, UpstreamError
from bot.changes.policy import ApprovalRules
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.changes.target import Target
from bot.changes.update import ChangeKind
from bot.changes.wish import Wish
from tests.changes.conftest import TOKENS
from tests.changes.samples import BOB, DISABLE
from tests.changes.workshop import DAVE, DOWN, POLICY, Workshop

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SILENT = AnnouncementError("Slack does not answer")
NOT_YET = AnnouncementError("not yet its turn", retry_after=1.0)
IN_A_WHILE = replace(
    POLICY,
    approval=ApprovalRules(
        needed_for=frozenset({ChangeKind.DISABLE}), expires_after=timedelta(days=30)
    ),
)


async def asked(here: Workshop, *numbers: int, **fields: Any) -> ChangeRequest:
    """Let Alice ask that tokens be disabled, confirm where she has to, and carry it out."""
    targets = tuple(Target("default", TOKENS[n].id, DISABLE) for n in numbers)
    request = await here.heart.intake.open(here.ask(), Wish(targets, **fields))
    await here.settled()
    if len(numbers) > 1:
        await here.heart.moves.confirm(here.ask(), request.id)
    return await now(here, request)


async def now(here: Workshop, request: ChangeRequest) -> ChangeRequest:
    """Carry out what is due, and read a request anew."""
    await here.settled()
    return await here.request(request.id)


async def later(here: Workshop, pause: timedelta, request: ChangeRequest) -> ChangeRequest:
    """Let time pass, and what is due by then be done."""
    here.later(pause)
    return await now(here, request)


def activate(here: Workshop, number: int) -> None:
    """Let somebody else set a token active."""
    token = here.default.tokens[TOKENS[number].id]
    here.default.tokens[token.id] = replace(
        token, status=Status.ACTIVE, revision=token.revision + 1
    )


def active(here: Workshop) -> bool:
    """Tell whether the first token is active."""
    return here.default.tokens[TOKENS[0].id].active


async def test_a_timer_ends_whatever_slack_takes(here: Workshop) -> None:
    """Who asked for ten minutes gets ten minutes; all of it is told once Slack is back."""
    here.board.trouble = SILENT
    async with here.working():
        request = await asked(here, 0, lasts=10 * MINUTE)
        before = active(here)
        ended = await later(here, 10 * MINUTE, request)
        after = active(here)
        here.board.trouble = None
        told = await later(here, 5 * MINUTE, request)

    assert (before, after) == (False, True)
    assert (ended.announced, told.announced) == (False, True)
    assert [each.automatic for each in here.board.shown].count(True) == 1


async def test_a_timer_ends_although_slack_is_away_for_days(here: Workshop) -> None:
    """What is given up is the telling."""
    here.board.trouble = SILENT
    async with here.working():
        request = await asked(here, 0, lasts=7 * DAY)
        for _ in range(6):
            await later(here, DAY, request)
        before = active(here)
        await later(here, DAY, request)

    assert (before, active(here)) == (False, True)


@pytest.mark.parametrize("trouble", [NOT_YET, SILENT], ids=["its turn comes", "a hiccup"])
async def test_what_is_approved_late_is_told_and_ends(
    here: Workshop, trouble: AnnouncementError
) -> None:
    """The time to tell it runs from its end, and not from when somebody asked for it."""
    here.policy = IN_A_WHILE
    async with here.working():
        waiting = await asked(here, 0, lasts=HOUR)
        here.later(2 * DAY + HOUR)
        here.board.trouble = trouble
        await here.heart.moves.approve(here.ask(BOB), waiting.id)
        await here.settled()
        here.board.trouble = None
        told = await later(here, 2 * SECOND, waiting)
        before = active(here)
        await later(here, HOUR, waiting)

    assert told.announced
    assert (before, active(here)) == (False, True)


@pytest.mark.parametrize("move", ["denied", "cancelled", "expired"])
async def test_what_is_closed_late_is_told(here: Workshop, move: str) -> None:
    """From when it was closed, with everything that closes it."""
    here.policy = IN_A_WHILE
    async with here.working():
        waiting = await asked(here, 0)
        here.later(30 * DAY if move == "expired" else 3 * DAY)
        here.board.trouble = SILENT
        if move == "denied":
            await here.heart.moves.deny(here.ask(BOB), waiting.id, "no")
        elif move == "cancelled":
            await here.heart.moves.cancel(here.ask(), waiting.id)
        await here.settled()
        here.board.trouble = None
        told = await later(here, 2 * SECOND, waiting)

    assert (told.state.value, told.announced) == (move, True)


async def test_a_stopped_timer_is_drawn_however_late(here: Workshop) -> None:
    """What is to be drawn anew has a time of its own."""
    async with here.working():
        request = await asked(here, 0, lasts=7 * DAY)
        here.later(3 * DAY)
        here.board.trouble = SILENT
        await here.heart.moves.cancel(here.ask(DAVE), request.id)
        untold = await now(here, request)
        here.board.trouble = None
        told = await later(here, 2 * SECOND, request)

    assert (untold.announced, told.announced) == (False, True)
    drawn = here.board.shown[-1].timer
    assert drawn is not None
    assert drawn.stopped_by == "U0DAVE"


async def test_what_slack_never_takes_is_given_up(here: Workshop) -> None:
    """After two days; what makes it due later takes it up once more."""
    here.board.trouble = SILENT
    async with here.working():
        request = await asked(here, 0, lasts=7 * DAY)
        tried = []
        for pause in (2 * DAY, 5 * MINUTE, DAY):
            here.board.tried.clear()
            await later(here, pause, request)
            tried.append(here.board.tried.count("request"))
        here.board.trouble = None
        given_up = await later(here, DAY, request)
        told = await later(here, 3 * DAY, request)

    assert tried == [1, 1, 0]
    assert (given_up.announced, told.announced) == (False, True)


async def test_a_turn_that_comes_is_waited_for(here: Workshop) -> None:
    """However long the line is."""
    here.board.trouble = NOT_YET
    async with here.working():
        request = await asked(here, 0)
        await later(here, 5 * DAY, request)
        here.board.trouble = None
        told = await later(here, 2 * SECOND, request)

    assert told.announced


async def test_it_is_watched_although_it_is_not_told(here: Workshop) -> None:
    """What is found is recorded at once, and told below the outcome, once that has a message."""
    here.board.trouble = SILENT
    async with here.working():
        request = await asked(here, 0)
        activate(here, 0)
        found = await later(here, MINUTE, request)
        recorded, tried = await here.tags(), list(here.board.tried)
        here.board.trouble = None
        told = await later(here, 5 * MINUTE, request)

    assert len(found.drifts) == 1
    assert "drift.found" in recorded
    assert "drift" not in tried
    assert told.announced
    assert here.board.tried[len(tried) :] == ["request", "drift"]
    assert here.board.drifts == [(request.id, 0)]


async def test_what_is_active_again_is_told_where_the_outcome_is_given_up(here: Workshop) -> None:
    """Nobody waits for a message that does not come."""
    here.board.trouble = SILENT
    async with here.working():
        request = await asked(here, 0)
        here.later(23 * HOUR)
        await here.settled()
        activate(here, 0)
        await later(here, HOUR, request)
        # Finding it is news, which gives the outcome a time of its own once more.
        before = here.board.tried.count("drift")
        await later(here, 2 * DAY + SECOND, request)

    assert before == 0
    assert here.board.tried.count("drift") == 1


async def test_what_is_active_again_is_told_in_its_turn(here: Workshop) -> None:
    """Another token that cannot be read is looked at later, and holds nothing up."""
    async with here.working():
        request = await asked(here, 0, 1)
        activate(here, 0)
        here.default.troubles[TOKENS[1].id] = DOWN
        here.board.trouble = NOT_YET
        await later(here, MINUTE, request)
        here.board.trouble = None
        await later(here, SECOND, request)

    assert here.board.drifts == [(request.id, 0)]


async def test_a_drift_that_slack_never_takes_is_given_up(here: Workshop) -> None:
    """After two days, but while its turn is known to come."""
    async with here.working():
        request = await asked(here, 0)
        activate(here, 0)
        here.board.trouble = NOT_YET
        await later(here, MINUTE, request)
        tried = []
        for trouble in (NOT_YET, NOT_YET, SILENT, SILENT):
            here.board.trouble = trouble
            here.board.tried.clear()
            await later(here, 2 * DAY, request)
            tried.append(here.board.tried.count("drift"))

    assert tried == [1, 1, 1, 0]


async def test_the_note_before_an_end_is_tried_ever_more_seldom(here: Workshop) -> None:
    """It is no use to ask Slack every other second."""
    async with here.working():
        request = await asked(here, 0, lasts=2 * HOUR)
        here.board.trouble = SILENT
        here.later(110 * MINUTE)
        for _ in range(60):
            await later(here, SECOND, request)
        tried = here.board.tried.count("end")
        here.board.trouble = None
        await later(here, MINUTE, request)

    assert tried <= 7
    assert here.board.notes == [request.id]


async def test_what_is_approved_late_is_read_as_long_as_any(here: Workshop) -> None:
    """What is not known is read from when it was sent on, and not from when it was asked for."""
    here.policy = IN_A_WHILE
    lost = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "No answer.")
    here.default.refusals = {TOKENS[0].id: UpstreamError(lost, Effect.POSSIBLE)}
    async with here.working():
        waiting = await asked(here, 0)
        here.later(2 * DAY)
        await here.heart.moves.approve(here.ask(BOB), waiting.id)
        unresolved = await now(here, waiting)
        settled = await later(here, 3 * MINUTE, waiting)

    assert unresolved.state is RequestState.UNRESOLVED
    assert [target.state.value for target in settled.targets] == ["failed"]
