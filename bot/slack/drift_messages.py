from dataclasses import replace
from functools import partial

from bot.changes.disabled_since import DriftState
from bot.changes.ports import Remember
from bot.changes.request import ChangeRequest, Drift, MessageRef
from bot.slack.blocks.drift import drift_message
from bot.slack.placing import Placing


class DriftMessages:
    """Tell that what was disabled is active again: in a thread, and in the feed.

    Others of the same change that are found later are told in a message of their own, since an
    edit reaches nobody.

    Args:
        placing: Puts messages where they belong.
    """

    def __init__(self, placing: Placing) -> None:
        self._placing = placing

    async def tell(
        self, change: ChangeRequest, drift: Drift, again: ChangeRequest | None, remember: Remember
    ) -> ChangeRequest:
        """Post what was found at a drift; give the change with the places of the messages.

        Raises:
            AnnouncementError: If Slack took it on no way.
        """
        drawn = drift_message(change, drift.number, again)
        if not await self._placing.edit(drift.message, drawn):
            draw = partial(drift_message, change, drift.number, again)
            drift = replace(drift, message=await self._placing.reply(change, draw))
            await remember(change.with_drift(drift))
        # In the feed it is news of its own, like the change that it is about.
        placed = replace(change, message=drift.message, feed_message=drift.feed_message)
        copy = await self._placing.copy_to_feed(placed, drawn)
        if copy != drift.feed_message:
            drift = replace(drift, feed_message=copy)
            await remember(change.with_drift(drift))
        return change.with_drift(drift)

    async def edit(self, change: ChangeRequest, again: ChangeRequest) -> None:
        """Let what tells of drifts say what has become of the change that disables again.

        Args:
            change: The change that had disabled the tokens.
            again: The change that disables them again, or was to.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        theirs = {target.authorization_id for target in again.targets}
        for drift in change.drifts:
            if theirs.isdisjoint(t.authorization_id for t in change.drifted(drift.number)):
                continue
            reserved_by = change.again_by(drift.number)
            if reserved_by in {None, again.id}:
                shown = None if reserved_by is None else again
                drawn = drift_message(change, drift.number, shown)
                # A retry was pressed elsewhere.
                pressed = None if again.retry_of is not None else again.origin.pressed
                places = (drift.message, drift.feed_message, pressed)
                for place in dict.fromkeys(places):
                    await self._placing.edit(place, drawn)

    async def redraw(self, state: DriftState, number: int, place: MessageRef | None) -> None:
        """Bring the messages that tell of a drift up to what is recorded, and a copy of them."""
        drawn = drift_message(state.change, number, state.again, since=state.since)
        drift = state.change.drifts[number]
        for each in dict.fromkeys((place, drift.message, drift.feed_message)):
            await self._placing.edit(each, drawn)
