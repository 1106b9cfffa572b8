from collections.abc import AsyncIterator

from bot.audit_verifier.verify_record import Anchor
from bot.storage.record import WantedEvents
from bot.storage.store import SqlStore

_PAGE = 5_000


class RecordReading:
    """Read the record page by page, so that neither memory nor a transaction grows with it.

    The record only grows behind what was read, so that each page may be of a later moment.

    Args:
        store: The database.
        wanted: Which events.

    Attributes:
        head: The number and hash of the last event of all, once every event was given; an empty
            hash if they are gone.
    """

    def __init__(self, store: SqlStore, wanted: WantedEvents) -> None:
        self._store = store
        self._wanted = wanted
        self.head: Anchor = (0, "")

    async def events(self) -> AsyncIterator[dict[str, object]]:
        """Give the events as they are exported, in the order of their numbers."""
        # From no number on: whoever changes the table may have put any number there.
        last: int | None = None
        full = True
        while full:
            async with self._store.reading() as reading:
                page = await reading.page(self._wanted, last, _PAGE)
                full = len(page) == _PAGE
                if not full:
                    # Of the same moment as the last page.
                    self.head = await reading.head_if_any()
            for event in page:
                yield event
            if page:
                last = int(str(page[-1]["sequence"]))
