"""The commands with their real parts: a database in a file, and authorizations in memory."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from bot.bootstrap import open_store
from bot.changes.audit import AuditEvent
from bot.changes.authorization import Authorization
from bot.changes.errors import AuthorizationNotFoundError, ErrorCode, Problem, UserError
from bot.changes.intake import Ask, Intake
from bot.changes.lockout import OwnToken
from bot.changes.people import Person
from bot.changes.policy import Policy, Workspace
from bot.changes.ports import Filter
from bot.changes.queries import Queries
from bot.changes.request import Origin
from bot.changes.update import AuthorizationUpdate
from bot.commands.answers import Accepted, Answer, Later, Reading
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.commands.subcommand import Subcommand
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE, NOON, authorization

EDGE_42 = "0e840d0499003003"
BACKUP = "0ea969abae003006"
KNOWN = (
    authorization(id=EDGE_42, description="telegraf on edge-42"),
    authorization(id=BACKUP, description="CI backup job", user="ci"),
)


class InMemoryAuthorizations:
    """Authorizations of an instance that is nothing but memory; an ``Authorizations`` port."""

    def __init__(self, known: Iterable[Authorization]) -> None:
        self._known = {each.id: each for each in known}

    @property
    def name(self) -> str:
        """The instance's name in the configuration."""
        return "default"

    async def list(self, wanted: Filter) -> list[Authorization]:
        """Give those that fit, by ascending id."""
        return [
            each
            for _, each in sorted(self._known.items())
            if wanted.user in {None, each.user} and wanted.org in {None, each.org}
        ]

    async def get(self, authorization_id: str) -> Authorization:
        """Give one; raise AuthorizationNotFoundError."""
        found = self._known.get(authorization_id)
        if found is None:
            message = f"{authorization_id} is not there."
            raise AuthorizationNotFoundError(Problem(ErrorCode.AUTHORIZATION_NOT_FOUND, message))
        return found

    async def update(self, authorization_id: str, update: AuthorizationUpdate) -> None:
        """Set what the update sets."""
        found = update.apply(await self.get(authorization_id))
        self._known[authorization_id] = replace(found, revision=found.revision + 1)

    async def own_token(self) -> OwnToken:
        """Tell nothing: the authorizations themselves say whose they are."""
        return OwnToken()

    async def check_credential(self) -> None:
        """Accept the bot's own token."""

    async def user_active(self, user_id: str) -> bool:
        """Let every user in."""
        return bool(user_id)

    async def ping(self) -> str:
        """Give build and version."""
        return "OSS v2.7.12"


@dataclass
class Desk:
    """A dispatcher, and what stands behind it."""

    dispatcher: Dispatcher
    store: SqlStore
    file: Path
    deliveries: "count[int]"

    def ask(self, person: Person = ALICE) -> Ask:
        """Ask from the incident channel, by a delivery of its own."""
        number = next(self.deliveries)
        return Ask(person, Origin("C0INCIDENTS"), f"delivery {number}", NOON)

    async def say(self, text: str, person: Person = ALICE) -> Answer:
        """Have somebody type a command."""
        return await self.dispatcher.typed(self.ask(person), text)

    async def read(self, text: str, person: Person = ALICE) -> Reading:
        """Have somebody type a command that reads, and wait for what it reads."""
        answer = await self.say(text, person)
        assert isinstance(answer, Later), answer
        return await answer.read()

    async def accepted(self, text: str) -> Accepted:
        """Have Alice type what is accepted."""
        answer = await self.say(text)
        assert isinstance(answer, Accepted), answer
        return answer

    async def refused(self, text: str, person: Person = ALICE) -> Problem:
        """Have somebody type what is refused."""
        with pytest.raises(UserError) as raised:
            await self.say(text, person)
        return raised.value.problem

    async def events(self) -> list[AuditEvent]:
        """Give the record, oldest first."""
        async with self.store.reading() as reading:
            return [link.event async for link in reading.whole_record()]


@asynccontextmanager
async def desk(
    folder: Path,
    *more: Subcommand,
    allowed: frozenset[str] = frozenset({"U0ALICE"}),
    read_only: bool = False,
) -> AsyncIterator[Desk]:
    """Put a dispatcher together as the bot does, with further subcommands if given."""
    policy = Policy(Workspace("T0HOME"), allowed, read_only)
    file = folder / "desk.db"
    async with open_store(f"sqlite+aiosqlite:///{file}") as store:
        instances = {"default": InMemoryAuthorizations(KNOWN)}
        intake = Intake(store, lambda: policy, "/token", lambda: None)
        queries = Queries(instances, store, lambda: policy, lambda: NOON)
        registry = Registry([*discover(), *more], "/token")
        dispatcher = Dispatcher(registry, intake, queries, lambda: policy, "default")
        yield Desk(dispatcher, store, file, count())
