"""Post no faster than Slack allows, in the order in which it was asked, across replicas."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.changes.errors import StoreUnavailableError
from bot.changes.ports import AnnouncementError
from bot.changes.request import ChangeRequest
from bot.slack.slots import Slots, SlotStore
from bot.telemetry.slack_metrics import SlackMetrics

# "One message per second per channel": https://docs.slack.dev/apis/web-api/rate-limits
INTERVAL = timedelta(seconds=1)
POST = "chat.postMessage"
# Why a call is put off, as metrics name it.
RATE_LIMITED, TURN = "rate_limited", "turn"
# A message that is on its way for so long has arrived, or will not.
_ON_ITS_WAY = timedelta(seconds=3)
# Whoever comes so much later than they were told to has lost their place in the line.
_ABSENT = timedelta(seconds=5)
# An answer to a person, which no request waits for, waits where it is for so long.
_PATIENCE = timedelta(seconds=10)

_log = structlog.get_logger()


class Pacing:
    """Say whose turn it is.

    A channel is taken by one conditional update before a message is posted there, and given back
    when Slack has answered, free from an interval later on: so the way to Slack may take longer or
    shorter. What Slack asks to wait holds for the method, in all channels, since its limits are
    "per API method per workspace/team per app".

    Source: https://docs.slack.dev/apis/web-api/rate-limits

    Args:
        store: The database, which all replicas share.
        clock: Tells the time.
        interval: How long between two messages in one channel.
        metrics: Measure for how long calls are put off.
    """

    def __init__(
        self,
        store: SlotStore,
        clock: Callable[[], datetime],
        interval: timedelta,
        metrics: SlackMetrics,
    ) -> None:
        self._metrics = metrics
        self._store = store
        self._clock = clock
        self._interval = interval
        self._promised: dict[str, datetime] = {}

    def promised(self) -> datetime | None:
        """Give the latest moment for which a turn is promised; None if nobody waits here."""
        absent = self._clock() - _ABSENT
        self._promised = {who: due for who, due in self._promised.items() if due > absent}
        return max(self._promised.values(), default=None)

    async def held(self, method: str) -> None:
        """Raise AnnouncementError with the time to wait, if Slack has asked to wait."""
        try:
            async with self._store.reading() as slots:
                free_at = await slots.free_at(method)
        except StoreUnavailableError as error:
            # Slack says once more how long to wait; people must not go without an answer.
            _log.warning("not known whether to wait", method=method, reason=str(error))
            return
        now = self._clock()
        if free_at is not None and free_at > now:
            raise self._not_yet(method, free_at - now, RATE_LIMITED)

    async def turn(self, channel: str, request: ChangeRequest | None) -> datetime | None:
        """Take a channel to post one message; give what gives it back.

        Args:
            channel: A channel, or a person who is told directly.
            request: What waits elsewhere for its turn, the oldest first; None waits here.

        Raises:
            AnnouncementError: If it is not the request's turn, with the time until it is.
            StoreUnavailableError: If the database does not say whose turn it is.
        """
        if request is None:
            return await self._wait_here(channel)
        return await self._take_in_turn(channel, request)

    async def posted(self, channel: str, taken_until: datetime | None) -> None:
        """Give a channel back: Slack has answered, or does not any more."""
        if taken_until is None:
            return
        try:
            async with self._store.transaction(lasting=False) as slots:
                await slots.give_back(channel, taken_until, self._clock() + self._interval)
        except StoreUnavailableError as error:
            # What was posted stands; the channel is free by itself a little later.
            _log.warning("a channel is not given back", reason=str(error))

    async def told_to_wait(self, method: str, seconds: float) -> float:
        """Hold a method for as long as Slack asks; give the seconds, which are never none."""
        pause = max(timedelta(seconds=seconds), self._interval)
        self._metrics.put_off(RATE_LIMITED, pause.total_seconds())
        try:
            async with self._store.transaction(lasting=False) as slots:
                await slots.keep_slot(method, self._clock() + pause)
        except StoreUnavailableError as error:
            # At worst others are told as well.
            _log.warning("not noted how long to wait", method=method, reason=str(error))
        return pause.total_seconds()

    async def stays_in_line(self, channel: str, request: ChangeRequest, seconds: float) -> None:
        """Note that Slack asks a request to wait whose turn it was; it is not overtaken."""
        due = self._clock() + timedelta(seconds=seconds)
        try:
            async with self._store.transaction(lasting=False) as slots:
                await slots.stand_in_line(channel, request.id, request.created_at, due)
        except StoreUnavailableError as error:
            # It comes again at its time; younger ones may come before it.
            _log.warning("a place in the line is lost", channel=channel, reason=str(error))

    async def _take_in_turn(self, channel: str, request: ChangeRequest) -> datetime:
        now = self._clock()
        absent = now - _ABSENT
        self._promised = {
            who: due for who, due in self._promised.items() if who != request.id and due > absent
        }
        async with self._store.transaction(lasting=False) as slots:
            in_front = await slots.in_front(channel, request.id, request.created_at, absent)
            taken_until, free_at = await self._take(slots, channel, now, free=in_front == 0)
            if taken_until is not None:
                await slots.leave_line(channel, request.id, absent)
                return taken_until
            due = free_at + in_front * self._interval
            await slots.stand_in_line(channel, request.id, request.created_at, due)
            held_until = await slots.free_at(POST)
        if held_until is None or held_until <= now:
            self._promised[request.id] = due
            raise self._not_yet(channel, due - self._clock())
        raise self._not_yet(channel, due - self._clock(), RATE_LIMITED)

    async def _wait_here(self, channel: str) -> datetime | None:
        give_up_at = self._clock() + _PATIENCE
        while True:
            now = self._clock()
            try:
                async with self._store.transaction(lasting=False) as slots:
                    taken_until, free_at = await self._take(slots, channel, now, free=True)
            except StoreUnavailableError as error:
                # Nobody waits elsewhere for this one, and people must not go without an answer.
                _log.warning("posted out of turn", reason=str(error))
                return None
            if taken_until is not None:
                return taken_until
            if free_at > give_up_at:
                raise self._not_yet(channel, free_at - now)
            self._metrics.put_off(TURN, (free_at - now).total_seconds())
            await asyncio.sleep((free_at - now).total_seconds())

    async def _take(
        self, slots: Slots, channel: str, now: datetime, *, free: bool
    ) -> tuple[datetime | None, datetime]:
        """Take a channel if it may be; give until when it is taken, or None and when to look."""
        held_until = await slots.free_at(POST) or now
        soonest = now + self._interval
        latest = soonest + _ON_ITS_WAY
        if free and held_until <= now and await slots.take_slot(channel, now, soonest, latest):
            return latest, soonest
        free_at = await slots.free_at(channel) or now
        # Where a message is still on its way, nobody knows for how long.
        return None, max(held_until, free_at if free_at > now else soonest)

    def _not_yet(self, what: str, wait: timedelta, reason: str = TURN) -> AnnouncementError:
        seconds = max(0.0, wait.total_seconds())
        self._metrics.put_off(reason, seconds)
        return AnnouncementError(f"{what}: not yet its turn", seconds)
