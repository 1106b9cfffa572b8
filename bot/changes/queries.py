"""What people read: lists, details, history and previews. No authorization is changed here."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.changes.audit import ChainedEvent, EventTag
from bot.changes.authorization import Authorization, Status
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.facts import gather
from bot.changes.judgement import Verdict, judge
from bot.changes.lookup import find
from bot.changes.policy import Policy, Role, decide
from bot.changes.ports import Authorizations, Filter, Store
from bot.changes.request import ChangeRequest, Origin, Person, Target
from bot.changes.update import AuthorizationUpdate

PAGE_SIZE = 8
RECENT_CHANGES = 3
HISTORY_LENGTH = 15


@dataclass(frozen=True)
class ListQuery:
    """Which tokens are wanted, and which page of them; the first is 0."""

    words: tuple[str, ...] = ()
    user: str | None = None
    org: str | None = None
    status: Status | None = None
    page: int = 0

    def fits(self, authorization: Authorization) -> bool:
        """Tell whether every word occurs in its description, id, owner or organisation."""
        if self.status is not None and authorization.status is not self.status:
            return False
        fields = (
            authorization.description,
            authorization.id,
            authorization.user,
            authorization.org,
        )
        text = "\n".join(fields).casefold()
        return all(word.casefold() in text for word in self.words)

    def dump(self) -> str:
        """Give the query as text, to be kept behind a button."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "ListQuery":
        """Read a kept query."""
        kept = json.loads(text)
        status = kept["status"]
        return cls(
            words=tuple(kept["words"]),
            user=kept["user"],
            org=kept["org"],
            status=None if status is None else Status(status),
            page=kept["page"],
        )


@dataclass(frozen=True)
class TokenPage:
    """One page of a list. ``previous`` and ``next`` name the kept queries of its neighbours."""

    instance: str
    query: ListQuery
    tokens: tuple[Authorization, ...]
    total: int
    page: int
    pages: int
    at: datetime
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True)
class TokenDetails:
    """One token and what the bot last did with it."""

    instance: str
    token: Authorization
    recent: tuple[ChangeRequest, ...]
    at: datetime


@dataclass(frozen=True)
class History:
    """The newest events of the record that fit, newest first."""

    events: tuple[ChainedEvent, ...]
    authorization_id: str | None = None
    actor: str | None = None
    more: bool = False


@dataclass(frozen=True)
class Preview:
    """What a change would do now."""

    instance: str
    token: Authorization
    update: AuthorizationUpdate
    verdict: Verdict


class Queries:
    """Answer questions from InfluxDB and from the record.

    Args:
        instances: The InfluxDB instances by name.
        store: The database.
        policy: Gives the policy in force.
        clock: Tells the time.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        store: Store,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
    ) -> None:
        self._instances = instances
        self._store = store
        self._policy = policy
        self._clock = clock

    def instance(self, name: str) -> Authorizations:
        """Give an instance by its name; raise UserError if it is not configured."""
        found = self._instances.get(name)
        if found is None:
            raise UserError(
                Problem(
                    ErrorCode.INSTANCE_UNKNOWN,
                    f"There is no InfluxDB instance {name} here. Nothing was changed.",
                    f"There is {', '.join(self._instances)}.",
                )
            )
        return found

    async def tokens(self, instance: str, query: ListQuery) -> TokenPage:
        """Give one page of the tokens that fit, active ones first, then by description."""
        where = self.instance(instance)
        found = await where.list(Filter(query.user, query.org))
        if not found:
            # To a token that is inactive, InfluxDB shows an empty list.
            await where.check_credential()
        fitting = sorted(
            (a for a in found if query.fits(a)),
            key=lambda a: (not a.active, a.description.casefold(), a.id),
        )
        pages = max(1, -(-len(fitting) // PAGE_SIZE))
        page = min(max(query.page, 0), pages - 1)
        return TokenPage(
            instance=instance,
            query=query,
            tokens=tuple(fitting[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]),
            total=len(fitting),
            page=page,
            pages=pages,
            at=self._clock(),
            previous=await self._keep(replace(query, page=page - 1)) if page else None,
            next=await self._keep(replace(query, page=page + 1)) if page + 1 < pages else None,
        )

    async def kept_query(self, query_id: str) -> ListQuery | None:
        """Give a kept query by the id that a button holds, or None if it is forgotten."""
        async with self._store.reading() as reading:
            text = await reading.query(query_id)
        return None if text is None else ListQuery.load(text)

    async def details(self, instance: str, authorization_id: str) -> TokenDetails:
        """Give one token and its recent changes."""
        token = await find(self.instance(instance), authorization_id)
        async with self._store.reading() as reading:
            recent = await reading.changes_of(instance, token.id, RECENT_CHANGES)
        return TokenDetails(instance, token, tuple(recent), self._clock())

    async def history(
        self, authorization_id: str | None = None, actor: str | None = None
    ) -> History:
        """Give the newest events, of one authorization or one person if given."""
        async with self._store.reading() as reading:
            events = await reading.events(
                authorization_id=authorization_id,
                actor=actor,
                leave_out=EventTag.CHANGE_INTENDED,
                limit=HISTORY_LENGTH + 1,
            )
        shown = tuple(events[:HISTORY_LENGTH])
        return History(shown, authorization_id, actor, more=len(events) > HISTORY_LENGTH)

    async def change(self, change_id: str) -> tuple[ChangeRequest | None, ChangeRequest | None]:
        """Give a change and the one that took it back, as far as they exist."""
        async with self._store.reading() as reading:
            change = await reading.request(change_id)
            undone_by = None if change is None else change.undone_by
            return change, None if undone_by is None else await reading.request(undone_by)

    async def preview(
        self, person: Person, instance: str, authorization_id: str, update: AuthorizationUpdate
    ) -> Preview:
        """Judge a change as it would be judged just before its PATCH, and send nothing."""
        where = self.instance(instance)
        token = await find(where, authorization_id)
        request = ChangeRequest(
            id="",
            requester=person,
            origin=Origin(""),
            update=update,
            reason="",
            created_at=self._clock(),
            targets=(Target(instance, token.id),),
        )
        decision = decide(self._policy(), person, Role.OPERATOR, update.kind)
        facts = await gather(request, token, decision, where, self._store)
        return Preview(instance, token, update, judge(request, facts))

    async def _keep(self, query: ListQuery) -> str:
        query_id = secrets.token_urlsafe(12)
        async with self._store.transaction() as transaction:
            await transaction.store_query(query_id, query.dump(), self._clock())
        return query_id
