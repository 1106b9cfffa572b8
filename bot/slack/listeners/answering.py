"""The one wrapper around every listener: whatever happens, the person gets an answer."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from bot.changes.change_ids import new_error_id
from bot.changes.errors import BotError, ErrorCode, Problem, RepeatedDeliveryError
from bot.changes.people import Person
from bot.changes.ports import AnnouncementError
from bot.changes.request import Origin
from bot.commands.answers import Accepted, Answer, FormWanted, Later, Reading
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.notice import problem_message
from bot.slack.blocks.rich import Message
from bot.slack.forms.form import InFieldError
from bot.slack.listeners.asking import ACKED_WITH_THEIR_ANSWER
from bot.slack.responder import Responder
from bot.slack.stumbling import FAULT, stumbled
from bot.tasks import Tasks
from bot.telemetry.metrics import Metrics

_log = structlog.get_logger()

_READING_FAULT = Problem(
    ErrorCode.FAULT, "The bot itself stumbled over this. Nothing was changed.", "Ask again."
)
_DRAINING = Problem(
    ErrorCode.STARTING,
    "The bot is restarting. Nothing was stored or changed.",
    "Try again in a few seconds.",
)


@dataclass(frozen=True)
class Answered:
    """What a listener came to.

    Attributes:
        message: What the person is told now, or None for nothing.
        later: A reading to be told as soon as InfluxDB has answered.
        answer: What the listener's work gave, if it gave something.
        problem: What was wrong, if something was.
        field: The field of a form in which that stands; empty if it stands in none.
    """

    message: Message | None = None
    later: Later | None = None
    answer: Answer | None = None
    problem: Problem | None = None
    field: str = ""


class Answering:
    """Run what a listener does, and make an answer of whatever comes of it.

    Args:
        responder: Answers one person.
        told_directly: Tells whether what comes of a change asked for in a channel is told its
            requester alone.
        tasks: Holds on to what runs beside.
        metrics: Counts what was asked.
        draining: Tells whether the bot is about to end.
    """

    def __init__(
        self,
        responder: Responder,
        told_directly: Callable[[str], Awaitable[bool]],
        tasks: Tasks,
        metrics: Metrics,
        draining: Callable[[], bool],
    ) -> None:
        self._responder = responder
        self._told_directly = told_directly
        self._tasks = tasks
        self._metrics = metrics
        self._draining = draining

    @property
    def ending(self) -> bool:
        """Tell whether the bot is about to end, and takes nothing new on."""
        return self._draining()

    async def run(
        self, kind: str, asked: str, work: Callable[[], Awaitable[Answer | None]]
    ) -> Answered:
        """Do a listener's work; never raise.

        It is measured where the ack waits for it, and nowhere else.

        Args:
            kind: ``command``, ``click``, ``submission``, ``form``, ``shortcut`` or ``home``, for
                the metrics; ", deferred" stands behind what had to be stored first.
            asked: A subcommand's, a button's or a modal's name, for the metrics.
            work: What the listener does; None means that its answer comes by itself.
        """
        begun = time.monotonic()
        answered, outcome = await self._outcome(work)
        self._metrics.asked(kind, asked, outcome)
        if kind in ACKED_WITH_THEIR_ANSWER:
            self._metrics.acked(kind, time.monotonic() - begun)
        return answered

    def follow_up(
        self, person: Person, origin: Origin, later: Later, *, replace: bool = False
    ) -> None:
        """Read beside the ack, and tell the person what was read."""
        self._tasks.spawn(self._read_and_tell(person, origin, later, replace=replace), "follow-up")

    def tell(self, person: Person, origin: Origin, message: Message) -> None:
        """Tell a person something beside the ack."""
        self._tasks.spawn(self._tell(person, origin, message, replace=False), "answer")

    async def _outcome(self, work: Callable[[], Awaitable[Answer | None]]) -> tuple[Answered, str]:
        if self._draining():
            return Answered(self._problem(_DRAINING), problem=_DRAINING), "draining"
        try:
            answer = await work()
            if answer is None:
                return Answered(), "received"
            if isinstance(answer, Later):
                return Answered(later=answer, answer=answer), "reading"
            if isinstance(answer, FormWanted):
                return Answered(answer=answer), "form wanted"
            if isinstance(answer, Accepted):
                directly = await self._told_directly(answer.request.origin.channel_id)
                answer = replace(answer, directly=directly)
            return Answered(answer_message(answer), answer=answer), "ok"
        except RepeatedDeliveryError:
            return Answered(), "repeat"
        except BotError as error:
            message = self._problem(error.problem, error.__cause__)
            field = error.field if isinstance(error, InFieldError) else ""
            return Answered(message, problem=error.problem, field=field), error.problem.code.value
        except Exception as error:  # noqa: BLE001 - the person gets an answer, the operator the cause
            return Answered(stumbled(error), problem=FAULT), "fault"

    async def _read_and_tell(
        self, person: Person, origin: Origin, later: Later, *, replace: bool
    ) -> None:
        try:
            answer: Reading = await later.read()
            message = answer_message(answer)
        except BotError as error:
            message, replace = self._problem(error.problem), False
        except Exception as error:  # noqa: BLE001 - as above
            message, replace = stumbled(error, _READING_FAULT), False
        await self._tell(person, origin, message, replace=replace)

    async def _tell(
        self, person: Person, origin: Origin, message: Message, *, replace: bool
    ) -> None:
        try:
            await self._responder.tell(person, origin, message, replace=replace)
        except AnnouncementError as error:
            _log.error("an answer reached nobody", reason=str(error))

    def _problem(self, problem: Problem, cause: BaseException | None = None) -> Message:
        error_id = new_error_id()
        if problem.code is ErrorCode.NOT_CONFIRMED_STORED:
            # Nobody but the operator can mend this one, and needs the database's own words.
            _log.error("not stored", error_id=error_id, cause=repr(cause))
        else:
            _log.info("refused", error_id=error_id, code=problem.code.value)
        return problem_message(problem, error_id)
