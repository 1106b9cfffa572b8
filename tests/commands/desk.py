"""The commands with their real parts: a database in a file, and authorizations in memory."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.changes.asking import Ask
from bot.changes.audit import AuditEvent
from bot.changes.errors import Problem, UserError
from bot.changes.people import Person
from bot.changes.policy import Limits, Policy, Roles, Workspace
from bot.commands.answers import Accepted, Answer, Later, Reading
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.commands.subcommand import Subcommand
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE, authorization
from tests.changes.workshop import InMemoryAuthorizations, Workshop, workshop

EDGE_42 = "0e840d0499003003"
BACKUP = "0ea969abae003006"
KNOWN = (
    authorization(id=EDGE_42, description="telegraf on edge-42"),
    authorization(id=BACKUP, description="CI backup job", user="ci"),
)


@dataclass
class Desk:
    """A dispatcher, and what stands behind it."""

    dispatcher: Dispatcher
    behind: Workshop

    @property
    def store(self) -> SqlStore:
        """The database."""
        return self.behind.store

    @property
    def file(self) -> Path:
        """Where the database is."""
        return self.behind.file

    def ask(self, person: Person = ALICE) -> Ask:
        """Ask from the incident channel, by a delivery of its own."""
        return self.behind.ask(person)

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
        return await self.behind.events()


@asynccontextmanager
async def desk(
    folder: Path,
    *more: Subcommand,
    allowed: frozenset[str] = frozenset({"U0ALICE"}),
    read_only: bool = False,
    instances: Iterable[InMemoryAuthorizations] = (),
) -> AsyncIterator[Desk]:
    """Put a dispatcher together as the bot does, with further subcommands if given."""
    limits = Limits(read_only="READ_ONLY" if read_only else "")
    policy = Policy(Workspace("T0HOME"), Roles.every(allowed), limits=limits)
    known = tuple(instances) or (InMemoryAuthorizations(KNOWN),)
    async with workshop(folder, *known, policy=policy) as behind:
        heart = behind.heart
        registry = Registry([*discover(), *more], "/token")
        dispatcher = Dispatcher(
            registry, heart.intake, heart.reversals, heart.queries, lambda: behind.policy
        )
        yield Desk(dispatcher, behind)
