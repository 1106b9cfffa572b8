import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.changes.authorization import Authorization
from bot.changes.errors import BotError, ErrorCode, Problem, UpstreamError, UserError
from bot.changes.home_tokens import Everything
from bot.changes.lists import Listed, ListQuery, TokenPage
from bot.changes.locating import Whereabouts, locate
from bot.changes.lookup import find
from bot.changes.paging import paged
from bot.changes.ports import Authorizations, Filter, Store
from bot.changes.request import ChangeRequest
from bot.changes.suggestions import did_you_mean

PAGE_SIZE = 8
RECENT_CHANGES = 3


@dataclass(frozen=True)
class TokenDetails:
    """One token and what the bot last did with it."""

    instance: str
    token: Authorization
    recent: tuple[ChangeRequest, ...]
    at: datetime


class TokenQueries:
    """Answer questions about the tokens of all instances.

    Args:
        instances: The InfluxDB instances by name.
        store: The database, which keeps the queries behind buttons.
        clock: Tells the time.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        store: Store,
        clock: Callable[[], datetime],
    ) -> None:
        self._instances = instances
        self._store = store
        self._clock = clock

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
        shown = paged(fitting, query.page, PAGE_SIZE)
        page, pages = shown.page, shown.pages
        return TokenPage(
            instances=names,
            query=query,
            tokens=shown.items,
            total=len(fitting),
            page=page,
            pages=pages,
            at=self._clock(),
            silent=tuple(error.problem for error in silent),
            previous=await self._keep(replace(query, page=page - 1)) if page else None,
            next=await self._keep(replace(query, page=page + 1)) if page + 1 < pages else None,
        )

    async def suggestion(self, part: str) -> str:
        """Suggest tokens whose ids begin so or are like it, in one sentence; empty if none is."""
        found = await self.everything()
        return did_you_mean(part, [each.token for each in found.tokens])

    async def everything(self) -> Everything:
        """Give all tokens of all instances; of one that does not answer, why."""
        names = self.instances
        answers = await asyncio.gather(*(self._listed(name, Filter()) for name in names))
        return Everything(
            names,
            tuple(each for found in answers if not isinstance(found, BotError) for each in found),
            tuple(found.problem for found in answers if isinstance(found, BotError)),
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
