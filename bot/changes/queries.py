"""What people read: lists, details, history and previews. No authorization is changed here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.changes.decision import AllowedByBreakGlass
from bot.changes.errors import Problem, UpstreamError
from bot.changes.ports import Authorizations, Store
from bot.changes.preparation import Preparation
from bot.changes.record_queries import RecordQueries
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling, Rulings
from bot.changes.token_queries import TokenQueries


@dataclass(frozen=True)
class Preview:
    """What a change would do now.

    Attributes:
        request: The request as it would be shown, with its targets read.
        ruling: What the policy says of it now.
        waits_for: What it would wait for, so that its targets were not read; None if for nothing.
        patience: How long it would wait at most.
        unreviewed: What its requester has done by break-glass and nobody has reviewed, which stands
            in the way of another; None if nothing is.
    """

    request: ChangeRequest
    ruling: Ruling
    waits_for: Problem | None = None
    patience: timedelta = timedelta()
    unreviewed: ChangeRequest | None = None


class Queries(TokenQueries, RecordQueries):
    """Answer all questions: about tokens, from the record, and what a change would do.

    Args:
        instances: The InfluxDB instances by name.
        store: The database.
        preparation: Finds and reads what a preview shows.
        rulings: Judges a preview.
        clock: Tells the time.
        patience: How long a change waits for an instance that cannot be reached.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        store: Store,
        preparation: Preparation,
        rulings: Rulings,
        clock: Callable[[], datetime],
        patience: timedelta,
    ) -> None:
        TokenQueries.__init__(self, instances, store, clock)
        self._preparation = preparation
        self._rulings = rulings
        self._patience = patience

    async def preview(self, draft: ChangeRequest) -> Preview:
        """Judge a change as it would be judged just before its PATCH, and send nothing.

        Raises:
            BotError: If its tokens cannot be looked up.
        """
        waits_for = None
        try:
            prepared = await self._preparation.prepare(draft, last_try=not self._patience)
        except UpstreamError as error:
            if not (self._patience and error.passing):
                raise
            prepared, waits_for = draft, error.problem
        ruling = await self._rulings.of(prepared, stored=False)
        earlier: list[ChangeRequest] = []
        if isinstance(ruling.decision, AllowedByBreakGlass):
            async with self._store.reading() as reading:
                earlier = await reading.unreviewed(draft.requester.user_id, 1)
        unreviewed = earlier[0] if earlier else None
        return Preview(prepared, ruling, waits_for, self._patience, unreviewed)
