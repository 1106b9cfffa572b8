"""What people read: lists, details, history and previews. No authorization is changed here."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.changes.afterwards import DriftState, all_disabled_since
from bot.changes.audit import ChainedEvent, EventTag
from bot.changes.authorization import Authorization
from bot.changes.decision import AllowedByBreakGlass, Freeze
from bot.changes.errors import BotError, ErrorCode, Problem, UpstreamError, UserError
from bot.changes.home import Everything
from bot.changes.lists import Listed, ListQuery, TokenPage
from bot.changes.locating import Whereabouts, locate
from bot.changes.lookup import find
from bot.changes.ports import Authorizations, Filter, Store
from bot.changes.preparation import Preparation
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling, Rulings

PAGE_SIZE = 8
RECENT_CHANGES = 3
HISTORY_LENGTH = 15
# Each takes two or three lines and a row of buttons; Slack takes 50 blocks.
PENDING_SHOWN = 12
OVERVIEW_LENGTH = 8
# Of those, what waits for one person alone is shown.
OVERVIEW_LOOKED_AT = 100
# There is one a person at most.
UNREVIEWED_SHOWN = 100


@dataclass(frozen=True)
class TokenDetails:
    """One token and what the bot last did with it."""

    instance: str
    token: Authorization
    recent: tuple[ChangeRequest, ...]
    at: datetime


@dataclass(frozen=True)
class History:
    """The newest events of the record that fit, newest first.

    Attributes:
        unfinished: The change that was asked about, as long as it is not over.
    """

    events: tuple[ChainedEvent, ...]
    authorization_id: str | None = None
    actor: str | None = None
    change_id: str | None = None
    more: bool = False
    unfinished: ChangeRequest | None = None


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


class Queries:
    """Answer questions from InfluxDB and from the record.

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
        self._instances = instances
        self._store = store
        self._preparation = preparation
        self._rulings = rulings
        self._clock = clock
        self._patience = patience

    @property
    def instances(self) -> tuple[str, ...]:
        """Name the instances."""
        return tuple(self._instances)

    @property
    def only_instance(self) -> str:
        """Give the name of the one instance that there is; empty if there are several."""
        return next(iter(self._instances)) if len(self._instances) == 1 else ""

    def instance(self, name: str) -> Authorizations:
        """Give an instance by its name; raise UserError if it is not configured."""
        found = self._instances.get(name)
        if found is None:
            raise UserError(
                Problem(
                    ErrorCode.INSTANCE_UNKNOWN,
                    f"There is no InfluxDB instance {name[:40]} here. Nothing was changed.",
                    f"There is {', '.join(self._instances)}.",
                )
            )
        return found

    async def tokens(self, query: ListQuery) -> TokenPage:
        """Give one page of the tokens that fit, active ones first, then by description.

        Raises:
            BotError: If no instance answers as it should.
        """
        names = self.instances if query.instance is None else (query.instance,)
        wanted = Filter(query.user, query.org)
        answers = await asyncio.gather(*(self._listed(name, wanted) for name in names))
        silent = [answer for answer in answers if isinstance(answer, BotError)]
        if len(silent) == len(answers):
            raise silent[0]
        fitting = sorted(
            (
                each
                for answer in answers
                if not isinstance(answer, BotError)
                for each in answer
                if query.fits(each.token)
            ),
            key=lambda each: (
                not each.token.active,
                each.token.description.casefold(),
                each.token.id,
            ),
        )
        pages = max(1, -(-len(fitting) // PAGE_SIZE))
        page = min(max(query.page, 0), pages - 1)
        return TokenPage(
            instances=names,
            query=query,
            tokens=tuple(fitting[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]),
            total=len(fitting),
            page=page,
            pages=pages,
            at=self._clock(),
            silent=tuple(error.problem for error in silent),
            previous=await self._keep(replace(query, page=page - 1)) if page else None,
            next=await self._keep(replace(query, page=page + 1)) if page + 1 < pages else None,
        )

    async def everything(self) -> Everything:
        """Give all tokens of all instances; of one that does not answer, why."""
        names = self.instances
        answers = await asyncio.gather(*(self._listed(name, Filter()) for name in names))
        return Everything(
            names,
            tuple(each for found in answers if not isinstance(found, BotError) for each in found),
            tuple(found.problem for found in answers if isinstance(found, BotError)),
        )

    async def overview(self) -> Overview:
        """Give what Home shows of the record: what waits, and the newest changes."""
        async with self._store.reading() as reading:
            return Overview(
                waiting=tuple(await reading.open_requests(OVERVIEW_LOOKED_AT)),
                recent=tuple(await reading.newest_requests(OVERVIEW_LENGTH)),
                freeze=await reading.freeze(),
            )

    async def kept_query(self, query_id: str) -> ListQuery | None:
        """Give a kept query by the id that a button holds, or None if it is forgotten."""
        async with self._store.reading() as reading:
            text = await reading.query(query_id)
        return None if text is None else ListQuery.load(text)

    async def details(
        self, instance: str | None, authorization_id: str
    ) -> TokenDetails | Whereabouts:
        """Give one token and its recent changes, or where it may be if that is not clear.

        Args:
            instance: The instance that is meant; None looks on all of them at once.
            authorization_id: The token's id.

        Raises:
            BotError: If it is nowhere, or nobody can tell.
        """
        name = instance or self.only_instance
        if name:
            return await self._details(name, await find(self.instance(name), authorization_id))
        where = (await locate(self._instances, [authorization_id]))[authorization_id]
        if where.only is not None and where.only.token is not None:
            return await self._details(where.only.instance, where.only.token)
        if not any(place.token for place in where.having):
            raise UserError(where.problem)
        return where

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
        shown = tuple(events[:HISTORY_LENGTH])
        more = len(events) > HISTORY_LENGTH
        unfinished = None if change is None or change.state.final else change
        return History(shown, authorization_id, actor, change_id, more=more, unfinished=unfinished)

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

    async def _details(self, name: str, token: Authorization) -> TokenDetails:
        async with self._store.reading() as reading:
            recent = await reading.changes_of(name, token.id, RECENT_CHANGES)
        return TokenDetails(name, token, tuple(recent), self._clock())

    async def _listed(self, name: str, wanted: Filter) -> Sequence[Listed] | BotError:
        where = self.instance(name)
        try:
            found = await where.list(wanted)
            if not found:
                # To a token that is inactive, InfluxDB shows an empty list.
                await where.check_credential()
        except (UpstreamError, UserError) as error:
            return error
        return [Listed(name, each) for each in found]

    async def _keep(self, query: ListQuery) -> str:
        query_id = secrets.token_urlsafe(12)
        async with self._store.transaction() as transaction:
            await transaction.store_query(query_id, query.dump(), self._clock())
        return query_id
