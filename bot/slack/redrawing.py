from bot.changes.disabled_since import DriftState
from bot.changes.request import ChangeRequest, Origin
from bot.slack.blocks.timers import ended_message
from bot.slack.change_drawing import ChangeDrawing
from bot.slack.drift_messages import DriftMessages
from bot.slack.placing import Placing
from bot.slack.sending import Sending


class Redrawing:
    """Bring messages whose buttons were pressed up to what is recorded.

    Args:
        sending: Hands messages to Slack.
        placing: Puts messages where they belong.
        drawing: Draws requests.
        drifts: Draws what was found active again.
    """

    def __init__(
        self, sending: Sending, placing: Placing, drawing: ChangeDrawing, drifts: DriftMessages
    ) -> None:
        self._sending = sending
        self._placing = placing
        self._drawing = drawing
        self._drifts = drifts

    async def redraw(
        self, change: ChangeRequest, undo: ChangeRequest | None, pressed: Origin
    ) -> None:
        """Bring the message whose button was pressed up to what is recorded.

        Args:
            change: The change that the message tells of.
            undo: The change that took it back, if there is one.
            pressed: Where the button was pressed.
        """
        drawn = self._drawing.drawn(change, undo)
        if await self._placing.edit(pressed.pressed, drawn):
            return
        if pressed.response_url is not None:
            await self._sending.respond(pressed.response_url, drawn, replace=True)

    async def redraw_note(
        self, change: ChangeRequest, undo: ChangeRequest | None, pressed: Origin
    ) -> None:
        """Let the note whose Keep disabled was pressed say what became of the timer."""
        await self._placing.edit(pressed.pressed, ended_message(change, undo))

    async def redraw_drift(self, state: DriftState, number: int, pressed: Origin) -> None:
        """Bring the message whose Disable again was pressed up to what is recorded."""
        if state.change.drifted(number):
            await self._drifts.redraw(state, number, pressed.pressed)
