"""Follow one report of a leaked secret to its end; whoever is at the terminal has a say in it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.bootstrap import Desk
from bot.changes.errors import Problem, StoreUnavailableError, UserError
from bot.changes.hunt import candidates
from bot.changes.order_of_tries import keys_of
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.cli import ordering

_LOOK_SECONDS = 0.1
_ANNOUNCING_SECONDS = 5.0
# After these, whoever waits here wants to know; a bot that runs goes on.
_RESOLVING_SECONDS = 120.0
_STOPPING_SECONDS = 20.0
_DATABASE_SECONDS = 30.0


class Following:
    """Follow one report.

    Args:
        desk: Where it is carried out.
        change_id: Which one.
        say: Tells whoever is at the terminal.
        ask: Asks them; None means that nobody is there.
        order: The tokens that are to be tried, in this order, if they were named: each by its id
            or as ``INSTANCE:ID``.
        interrupted: Set once it is to stop.
    """

    def __init__(
        self,
        desk: Desk,
        change_id: str,
        *,
        say: Callable[[str], None],
        ask: Callable[[str], Awaitable[str | None]],
        order: Sequence[str],
        interrupted: asyncio.Event,
    ) -> None:
        self._desk = desk
        self._id = change_id
        self._say = say
        self._ask = ask
        self._order = tuple(each.lower() for each in order)
        self._interrupted = interrupted
        self._said: set[str] = set()
        self._asking: asyncio.Future[str | None] | None = None
        self._cancelled = False

    async def to_the_end(self) -> ChangeRequest:
        """Wait until it is over, or cannot be waited for any longer; give it as it is recorded.

        Raises:
            StoreUnavailableError: If the database does not answer for long.
        """
        silent, waiting = _Lasting(_DATABASE_SECONDS), _Lasting(_RESOLVING_SECONDS)
        stopping = _Lasting(_STOPPING_SECONDS)
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
                    if waiting.too_long(holds=unresolved) or stopping.too_long(
                        holds=self._cancelled
                    ):
                        return request
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await self._stop_asking()

    async def _have_a_say(self, request: ChangeRequest) -> None:
        """Do what whoever is at the terminal wants, or tell them what it waits for."""
        if self._cancelled:
            return
        if self._interrupted.is_set():
            await self._cancel("Cancelling. What has begun is brought to its end first.")
        elif request.state is RequestState.PREVIEWED and request.to_be_ordered:
            await self._put_in_order(request)
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

    async def _put_in_order(self, request: ChangeRequest) -> None:
        maybe = candidates(request)
        if self._order:
            if keys_of(self._order, maybe) is not None:
                await self._confirm(self._order)
            else:
                self._say_once(ordering.listed(maybe))
                await self._cancel(ordering.not_these(maybe))
            return
        self._say_once(ordering.listed(maybe))
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask(ordering.QUESTION))
        if not self._asking.done():
            return
        answer, self._asking = self._asking.result(), None
        if answer is None:
            await self._cancel(ordering.NOBODY)
            return
        try:
            order = ordering.read_order(answer, maybe)
        except ordering.NoOrderError as error:
            self._say(str(error))
            return
        if order is None:
            await self._cancel("Cancelling.")
        else:
            await self._confirm(order)

    async def _confirm(self, order: Sequence[str]) -> None:
        try:
            await self._desk.heart.moves.confirm(await self._desk.ask(), self._id, order=order)
        except UserError as error:
            self._say_once(_told(error.problem))

    async def _cancel(self, why: str) -> None:
        self._cancelled = True
        self._say(why)
        try:
            await self._desk.heart.moves.cancel(await self._desk.ask(), self._id)
        except UserError as error:
            self._say(_told(error.problem))

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
        if text not in self._said:
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


def _told(problem: Problem) -> str:
    return f"{problem.message} {problem.hint}".strip()
