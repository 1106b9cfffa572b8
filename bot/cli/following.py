"""Follow one change to its end; whoever is at the terminal has a say in it."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.bootstrap import Desk
from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.cli.starting import Go, NotUnderstoodError, Starting, Stop

_LOOK_SECONDS = 0.1
_ANNOUNCING_SECONDS = 5.0
# After these, whoever waits here wants to know; a bot that runs goes on.
_RESOLVING_SECONDS = 120.0
_STOPPING_SECONDS = 20.0
_DATABASE_SECONDS = 30.0
# Longer than InfluxDB is waited for at once: then what it comes to cannot be recorded.
_NOTHING_RECORDED_SECONDS = 60.0


class Following:
    """Follow one change.

    Args:
        desk: Where it is carried out.
        change_id: Which one.
        say: Tells whoever is at the terminal.
        ask: Asks them; None means that nobody is there.
        starting: How it is started, if it is shown first.
        interrupted: Set once it is to stop.
    """

    def __init__(
        self,
        desk: Desk,
        change_id: str,
        *,
        say: Callable[[str], None],
        ask: Callable[[str], Awaitable[str | None]],
        starting: Starting,
        interrupted: asyncio.Event,
    ) -> None:
        self._desk = desk
        self._id = change_id
        self._say = say
        self._ask = ask
        self._starting = starting
        self._interrupted = interrupted
        self._said: set[str] = set()
        self._asking: asyncio.Future[str | None] | None = None
        self._stop: str | None = None
        self._cancelled = False
        self._go: Go | None = None
        self._refused = False

    async def to_the_end(self) -> ChangeRequest:
        """Wait until it is over, or cannot be waited for any longer; give it as it is recorded.

        Raises:
            StoreUnavailableError: If the database does not answer for long.
        """
        silent, waiting = _Lasting(_DATABASE_SECONDS), _Lasting(_RESOLVING_SECONDS)
        stopping, still = _Lasting(_STOPPING_SECONDS), _Lasting(_NOTHING_RECORDED_SECONDS)
        beginning = _Lasting(_DATABASE_SECONDS)
        earlier: ChangeRequest | None = None
        try:
            while True:
                try:
                    request = await self._desk.request(self._id)
                    if request.state.final:
                        return await self._announced(request)
                    await self._have_a_say(request)
                except StoreUnavailableError:
                    if silent.too_long(holds=True):
                        raise
                else:
                    silent.too_long(holds=False)
                    unresolved = request.state is RequestState.UNRESOLVED
                    previewed = request.state is RequestState.PREVIEWED
                    nothing_new = request == earlier and _goes_on_by_itself(request)
                    limits = (
                        waiting.too_long(holds=unresolved),
                        stopping.too_long(holds=self._stop is not None),
                        beginning.too_long(holds=self._go is not None and previewed),
                        still.too_long(holds=nothing_new),
                    )
                    if any(limits) or (self._refused and request.state.waiting):
                        return request
                    earlier = request
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await self._stop_asking()

    async def _have_a_say(self, request: ChangeRequest) -> None:
        """Do what whoever is at the terminal wants, or tell them what it waits for."""
        if self._cancelled:
            return
        if self._stop is None and self._interrupted.is_set():
            self._stop = "Cancelling. What has begun is brought to its end first."
        if self._stop is not None:
            await self._cancel(self._stop)
        elif request.state is RequestState.PREVIEWED:
            await self._start(request)
        elif request.state is RequestState.AWAITING_APPROVAL:
            rule = "" if request.approval is None else f": {request.approval.rule}"
            self._say_once(
                f"Change {self._id} waits in Slack for approval{rule}. Ctrl-C cancels it."
            )
        elif request.held_back:
            self._say_once(f"Waiting. {request.held_back}")
        if request.state is not RequestState.PREVIEWED:
            # Its requester has started it in Slack.
            await self._stop_asking()

    async def _start(self, request: ChangeRequest) -> None:
        """Show what is to be carried out, and let it begin once somebody says so."""
        self._say_once(self._starting.shows(request))
        decided = self._go or self._starting.beforehand(request) or self._answered(request)
        if isinstance(decided, Stop):
            self._stop = decided.why
            await self._cancel(decided.why)
        elif decided is not None:
            await self._confirm(decided)

    def _answered(self, request: ChangeRequest) -> Go | Stop | None:
        """Ask, once at a time; give the answer once it is there."""
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask(self._starting.question))
        if not self._asking.done():
            return None
        typed, self._asking = self._asking.result(), None
        try:
            return self._starting.answered(request, typed)
        except NotUnderstoodError as error:
            self._say(str(error))
            return None

    async def _confirm(self, go: Go) -> None:
        """Let it begin; where that may not have been stored, the next look tries it again."""
        self._go = go
        try:
            await self._desk.heart.moves.confirm(await self._desk.ask(), self._id, order=go.order)
        except UserError as error:
            self._say_once(_told(error.problem))
            if error.problem.code is ErrorCode.NOT_CONFIRMED_STORED:
                self._say_once("Trying again. Ctrl-C cancels it.")
            # Asked again and again, it would be refused again and again.
            self._refused = error.problem.code is not ErrorCode.NOT_CONFIRMED_STORED

    async def _cancel(self, why: str) -> None:
        """Cancel it; where that may not have been stored, the next look tries it again."""
        self._say_once(why)
        try:
            await self._desk.heart.moves.cancel(await self._desk.ask(), self._id)
        except UserError as error:
            self._say_once(_told(error.problem))
            self._cancelled = error.problem.code is not ErrorCode.NOT_CONFIRMED_STORED
        else:
            self._cancelled = True

    async def _announced(self, request: ChangeRequest) -> ChangeRequest:
        """Give Slack a moment to be told, so that the receipt says who was."""
        telling = _Lasting(_ANNOUNCING_SECONDS if self._desk.slack_answers else 0.0)
        while not request.announced and not telling.too_long(holds=True):
            await asyncio.sleep(_LOOK_SECONDS)
            request = await self._desk.request(self._id)
        return request

    async def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
            self._asking = None

    def _say_once(self, text: str) -> None:
        if text and text not in self._said:
            self._said.add(text)
            self._say(text)


class _Lasting:
    """Tell whether something holds for too long without a pause.

    Args:
        seconds: How long it may.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def too_long(self, *, holds: bool) -> bool:
        """Note whether it holds now; tell whether it has for too long."""
        now = asyncio.get_running_loop().time()
        if not holds:
            self._since = None
            return False
        self._since = now if self._since is None else self._since
        return now - self._since >= self._seconds


def _goes_on_by_itself(request: ChangeRequest) -> bool:
    """Tell whether nobody and nothing is waited for, so that its record must change soon."""
    return request.state in {RequestState.ACCEPTED, RequestState.EXECUTING} and not (
        request.held_back
    )


def _told(problem: Problem) -> str:
    return f"{problem.message} {problem.hint}".strip()
