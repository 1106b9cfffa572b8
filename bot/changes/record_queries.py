from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.changes.audit import ChainedEvent, EventTag
from bot.changes.backlog import Backlog
from bot.changes.decision import Freeze
from bot.changes.disabled_since import DriftState, all_disabled_since
from bot.changes.ports import Store
from bot.changes.request import ChangeRequest

HISTORY_LENGTH = 15
# Each takes two or three lines and a row of buttons; Slack takes 50 blocks.
PENDING_SHOWN = 12
OVERVIEW_LENGTH = 8
# Of those, what waits for one person alone is shown.
OVERVIEW_LOOKED_AT = 100
# There is one a person at most.
UNREVIEWED_SHOWN = 100


@dataclass(frozen=True)
class History:
    """The newest events of the record that fit, newest first.

    Attributes:
        begins: Since when there are events at all, if earlier ones were trimmed from the record.
        unfinished: The change that was asked about, as long as it is not over.
    """

    events: tuple[ChainedEvent, ...]
    authorization_id: str | None = None
    actor: str | None = None
    change_id: str | None = None
    more: bool = False
    begins: datetime | None = None
    unfinished: ChangeRequest | None = None


@dataclass(frozen=True)
class Pending:
    """The requests that wait for somebody or something, the oldest first."""

    requests: tuple[ChangeRequest, ...]
    at: datetime
    more: bool = False


@dataclass(frozen=True)
class Overview:
    """What Home shows of the record.

    Attributes:
        waiting: The requests that wait for somebody or something, the oldest first.
        recent: The newest ones, newest first.
        freeze: Whether changes are stopped for every replica.
    """

    waiting: tuple[ChangeRequest, ...]
    recent: tuple[ChangeRequest, ...]
    freeze: Freeze | None


class RecordQueries:
    """Answer questions from the record.

    Args:
        store: The database.
        clock: Tells the time.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def overview(self) -> Overview:
        """Give what Home shows of the record: what waits, and the newest changes."""
        async with self._store.reading() as reading:
            return Overview(
                waiting=tuple(await reading.open_requests(OVERVIEW_LOOKED_AT)),
                recent=tuple(await reading.newest_requests(OVERVIEW_LENGTH)),
                freeze=await reading.freeze(),
            )

    async def backlog(self) -> Backlog:
        """Count what waits on all replicas."""
        async with self._store.reading() as reading:
            return await reading.backlog(self._clock())

    async def history(
        self,
        authorization_id: str | None = None,
        actor: str | None = None,
        change_id: str | None = None,
    ) -> History:
        """Give the newest events, of one authorization, one person or one change if given."""
        async with self._store.reading() as reading:
            events = await reading.events(
                authorization_id=authorization_id,
                actor=actor,
                change_id=change_id,
                leave_out=EventTag.CHANGE_INTENDED,
                limit=HISTORY_LENGTH + 1,
            )
            change = None if change_id is None else await reading.request(change_id)
            begins = await reading.begins()
        shown = tuple(events[:HISTORY_LENGTH])
        more = len(events) > HISTORY_LENGTH
        unfinished = None if change is None or change.state.final else change
        return History(
            *(shown, authorization_id, actor, change_id),
            more=more,
            begins=begins,
            unfinished=unfinished,
        )

    async def change(self, change_id: str) -> tuple[ChangeRequest | None, ChangeRequest | None]:
        """Give a change and the one that took it back, as far as they exist."""
        async with self._store.reading() as reading:
            change = await reading.request(change_id)
            undone_by = None if change is None else change.undone_by
            return change, None if undone_by is None else await reading.request(undone_by)

    async def drift(self, change_id: str, number: int) -> DriftState | None:
        """Give what has become of what was found active again at one of a change's drifts."""
        async with self._store.reading() as reading:
            change = await reading.request(change_id)
            if change is None:
                return None
            again_by = change.again_by(number)
            again = None if again_by is None else await reading.request(again_by)
            return DriftState(change, again, await all_disabled_since(reading, change, number))

    async def pending(self) -> Pending:
        """Give what waits: for approval, for its requester, for InfluxDB, for its time."""
        async with self._store.reading() as reading:
            found = await reading.open_requests(PENDING_SHOWN + 1)
        return Pending(tuple(found[:PENDING_SHOWN]), self._clock(), more=len(found) > PENDING_SHOWN)

    async def unreviewed(self) -> tuple[ChangeRequest, ...]:
        """Give what was done by break-glass and no approver has reviewed, the oldest first."""
        async with self._store.reading() as reading:
            return tuple(await reading.unreviewed(None, UNREVIEWED_SHOWN))
