import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.changes.asking import Received
from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.intake import Intake
from bot.changes.people import Person, Standing
from bot.changes.ports import Directory, Store
from bot.commands.answers import Answer
from bot.slack import logged
from bot.slack.listeners.answering import Answered, Answering
from bot.slack.listeners.meaning import Meaning
from bot.slack.listeners.telling import Telling
from bot.tasks import Tasks

_log = structlog.get_logger()

# Well within the time for which deliveries are remembered, so that nothing is decided twice.
_DECIDED_WITHIN = timedelta(minutes=5)
# A look-up at Slack takes less, so that whoever took it in has ended.
_LEFT_BY_OTHERS = timedelta(seconds=30)
_TOO_OLD = Problem(
    ErrorCode.EXPIRED,
    "The bot ended before it could decide what you asked then, and does not decide it so late.",
    "Look with history, then ask again.",
)


class Reception:
    """Decide at once about people who are known; store what others ask, and decide right after.

    So no look-up stands between a person and the ack.

    Args:
        directory: Tells what Slack says of people.
        intake: Stores what is received.
        store: The database, which holds what is not decided yet.
        meaning: Carries out what was asked.
        answering: Makes an answer of whatever happens.
        telling: Tells people what the ack did not.
        tasks: Holds on to what runs beside.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        intake: Intake,
        store: Store,
        meaning: Meaning,
        answering: Answering,
        telling: Telling,
        tasks: Tasks,
    ) -> None:
        self._directory = directory
        self._intake = intake
        self._store = store
        self._meaning = meaning
        self._answering = answering
        self._telling = telling
        self._tasks = tasks

    async def take(
        self, kind: str, asked: str, read: Callable[[], Received]
    ) -> tuple[Received | None, Answered]:
        """Take something in and answer it; where it has to wait, its answer comes by itself.

        Args:
            kind: What kind of thing it is, for the metrics.
            asked: A subcommand's, a button's or a modal's name, for the metrics.
            read: Reads it out of Slack's payload; raises UserError if that cannot be read.

        Returns:
            What was read, if it could be, and the answer.
        """
        received: Received | None = None

        async def work() -> Answer | None:
            nonlocal received
            received = read()
            return await self._decided_or_stored(received, asked)

        answered = await self._answering.run(kind, asked, work)
        return received, answered

    async def keep_recovering(self, clock: Callable[[], datetime], every: timedelta) -> None:
        """Decide again and again what a process that has ended had received, be it another's."""
        while True:
            await asyncio.sleep(every.total_seconds())
            try:
                await self.recover(clock(), left_for=_LEFT_BY_OTHERS)
            except StoreUnavailableError as error:
                _log.warning("what is not decided cannot be read", reason=str(error))

    async def recover(self, now: datetime, *, left_for: timedelta = timedelta()) -> None:
        """Decide what an earlier process had received; tell whoever asked too long ago.

        Nobody expects any more what they asked that long ago, and that it was decided already is
        remembered for a while only. Where several processes decide the same, one has an effect.

        Args:
            now: The moment.
            left_for: For how long it has to be there; until then whoever took it in decides it.
        """
        async with self._store.reading() as reading:
            left = [each for each in await reading.received() if now - each.ask.now >= left_for]
        for received in left:
            late = now - received.ask.now > _DECIDED_WITHIN
            decided = self._put_off(received) if late else self._decide(received, received.kind)
            self._tasks.spawn(decided, "decide")

    async def _decided_or_stored(self, received: Received, asked: str) -> Answer | None:
        ask = received.ask
        standing = self._directory.known(ask.person)
        if standing is not None or not self._meaning.storable(received):
            known = replace(ask, standing=standing or Standing())
            return await self._meaning.carry_out(known, received)
        at_once = self._meaning.without_deciding(received)
        if at_once is not None:
            # Whoever is asked something will answer, and is then known.
            self._tasks.spawn(self._get_to_know(ask.person), "look-up")
            return at_once
        await self._intake.receive(received)
        self._tasks.spawn(self._decide(received, asked), "decide")
        return None

    async def _get_to_know(self, person: Person) -> None:
        await self._directory.look_up(person)

    async def _decide(self, received: Received, asked: str) -> None:
        """Ask Slack who it was, carry out what was asked, and tell what came of it."""
        with logged.as_received(received):
            standing = await self._directory.look_up(received.ask.person)
            if self._answering.ending:
                # It stays stored, and is decided at the next start.
                return
            ask = received.by(standing)

            async def work() -> Answer:
                return await self._meaning.carry_out(ask, received)

            await self._finish(received, asked, work)

    async def _put_off(self, received: Received) -> None:
        async def work() -> Answer:
            raise UserError(_TOO_OLD)

        with logged.as_received(received):
            await self._finish(received, received.kind, work)

    async def _finish(
        self, received: Received, asked: str, work: Callable[[], Awaitable[Answer]]
    ) -> None:
        """Tell what came of something received, and forget it."""
        answered = await self._answering.run(f"{received.kind}, deferred", asked, work)
        with logged.as_answered(answered.answer):
            self._telling.tell(received, answered)
        try:
            async with self._store.transaction() as transaction:
                await transaction.forget_received(received.ask.delivery)
        except StoreUnavailableError as error:
            # It stays there; decided once more, it would be a repeat without effect.
            _log.warning("what is decided is not forgotten yet", reason=str(error))
