from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.changes.errors import ErrorCode, Problem, StoreUnavailableError, UserError
from bot.changes.ports import AnnouncementError
from bot.changes.queries import Queries
from bot.commands.answers import Answer
from bot.commands.dispatch import Dispatcher
from bot.slack.blocks.buttons import ActionId
from bot.slack.listeners.answering import Answered, Answering
from bot.slack.listeners.asking import Click, click_from_action, whoever
from bot.slack.messenger import SlackMessenger
from bot.tasks import Tasks

_log = structlog.get_logger()

# Each button is the same as typing this subcommand.
_SUBCOMMAND = {
    ActionId.SHOW_TOKEN: "show",
    ActionId.DISABLE_TOKEN: "disable",
    ActionId.ENABLE_TOKEN: "enable",
}
# After these, the message whose button was pressed shows less than is recorded.
_OUTDATED = {ErrorCode.ALREADY_UNDONE, ErrorCode.UNDO_WINDOW_OVER, ErrorCode.NOT_UNDOABLE}


class ActionListener:
    """Take presses of buttons, whichever message they stand in.

    Args:
        dispatcher: Carries out what a button stands for.
        queries: Reads changes, to redraw outdated messages.
        messenger: Redraws them.
        answering: Makes an answer of whatever happens.
        tasks: Holds on to what runs beside.
        clock: Tells the time.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        queries: Queries,
        messenger: SlackMessenger,
        answering: Answering,
        tasks: Tasks,
        clock: Callable[[], datetime],
    ) -> None:
        self._dispatcher = dispatcher
        self._queries = queries
        self._messenger = messenger
        self._answering = answering
        self._tasks = tasks
        self._clock = clock

    async def __call__(
        self, ack: AsyncAck, body: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        """Carry out what a button stands for and ack it; a change is committed before the ack."""
        click: Click | None = None

        async def work() -> Answer:
            nonlocal click
            click = click_from_action(body, str(context["delivery"]), self._clock())
            return await self._pressed(click)

        name = _name(body)
        with structlog.contextvars.bound_contextvars(asked=name):
            answered = await self._answering.run("click", name, work)
            await ack()
            if click is not None:
                self._tell(click, answered)
            elif answered.message is not None:
                # Nothing was looked at, or not all could be read; who pressed is told all the same.
                self._answering.tell(*whoever(body), answered.message)

    def _tell(self, click: Click, answered: Answered) -> None:
        ask = click.ask
        undoing = answered.accepted is not None and click.action_id == ActionId.UNDO_CHANGE
        if answered.later is not None:
            turning = click.action_id.startswith(ActionId.PAGE_LIST)
            self._answering.follow_up(ask.person, ask.origin, answered.later, replace=turning)
        elif answered.message is not None and not undoing:
            # An undo answers by editing the message whose button was pressed.
            self._answering.tell(ask.person, ask.origin, answered.message)
        if answered.problem is not None and answered.problem.code in _OUTDATED:
            self._tasks.spawn(self._redraw(click), "redraw")

    async def _pressed(self, click: Click) -> Answer:
        name, _, _ = click.action_id.partition(":")
        if name == ActionId.UNDO_CHANGE:
            return await self._dispatcher.pressed(click.ask, "undo", [click.value])
        if name == ActionId.PAGE_LIST:
            return await self._dispatcher.page(click.ask, click.value)
        subcommand = _SUBCOMMAND.get(ActionId(name)) if name in set(ActionId) else None
        instance, _, authorization_id = click.value.rpartition(":")
        if subcommand is None or not instance:
            raise UserError(
                Problem(
                    ErrorCode.STALE_BUTTON,
                    "This button is of another version of this bot. Nothing was changed.",
                    "Type the command instead.",
                )
            )
        return await self._dispatcher.pressed(click.ask, subcommand, [authorization_id], instance)

    async def _redraw(self, click: Click) -> None:
        try:
            change, undo = await self._queries.change(click.value)
            if change is not None:
                await self._messenger.redraw(change, undo, click.ask.origin)
        except (AnnouncementError, StoreUnavailableError) as error:
            _log.warning("an outdated message stays as it is", reason=str(error))


def _name(body: Mapping[str, Any]) -> str:
    """Name the button for the metrics; what is not ours is one name."""
    known, _, _ = str(body["actions"][0]["action_id"]).partition(":")
    return known if known in set(ActionId) else "unknown"
