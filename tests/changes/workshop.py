"""The heart with a real database in a file, instances in memory, and a time that tests set."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from pydantic import SecretStr

from bot.bootstrap import open_store
from bot.bootstrap.heart import Edges, Heart, Tempo
from bot.changes.asking import Ask
from bot.changes.audit import AuditEvent
from bot.changes.authorization import Authorization
from bot.changes.direct_copy import DirectCopy
from bot.changes.errors import AuthorizationNotFoundError, ErrorCode, Problem, UpstreamError
from bot.changes.executor import Pace
from bot.changes.lockout import OwnToken
from bot.changes.people import Person, Standing
from bot.changes.policy import Policy, PolicySource, Roles, Workspace
from bot.changes.ports import (
    AnnouncementError,
    Drifted,
    Filter,
    Related,
    Remember,
    TurnEnd,
)
from bot.changes.probe import Probe, ProbeVerdict, Search, Sighting
from bot.changes.request import ChangeRequest, Drift, MessageRef, Origin
from bot.changes.update import AuthorizationUpdate
from bot.changes.watching import Watch
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE, NOON
from tests.recorded import record_in
from tests.sqlite import place_database

CAROL = Person("U0CAROL", "T0HOME")
DAVE = Person("U0DAVE", "T0HOME")
EVE = Person("U0EVE", "T0HOME")
# Alice and Dave may change tokens, Bob and Carol may also approve; Eve is nobody.
POLICY = Policy(
    Workspace("T0HOME"),
    Roles(operator=frozenset({"U0ALICE", "U0DAVE"}), approver=frozenset({"U0BOB", "U0CAROL"})),
    PolicySource.FILE,
)
DOWN = UpstreamError(Problem(ErrorCode.INSTANCE_UNAVAILABLE, "It did not answer."), passing=True)


class InMemoryAuthorizations:
    """Authorizations of an instance that is nothing but memory; an ``Authorizations`` port.

    Attributes:
        tokens: The authorizations by id.
        own: What it tells of the bot's own token.
        troubles: What a read of an id fails with, instead of answering.
        silent: What every call fails with, instead of answering.
        refusals: What a PATCH of an id is answered with, instead of being applied.
        sent: The PATCHes, as they came in.
        gate: PATCHes wait for it, if there is one.
        lists: What was asked to be listed.
        secrets: The API tokens by the ids of their authorizations.
        hides: Whether it shows no token, as servers since 2.9.
        mute: What the next probes are answered with, instead of the truth.
        probed: How often a secret was shown to it.
    """

    def __init__(self, known: Iterable[Authorization] = (), name: str = "default") -> None:
        self._name = name
        self.tokens = {each.id: each for each in known}
        self.own = OwnToken()
        self.troubles: dict[str, UpstreamError] = {}
        self.silent: UpstreamError | None = None
        self.refusals: dict[str, UpstreamError] = {}
        self.sent: list[tuple[str, AuthorizationUpdate]] = []
        self.gate: asyncio.Event | None = None
        self.shut_out: set[str] = set()
        self.lists: list[Filter] = []
        self.secrets: dict[str, str] = {}
        self.hides = False
        self.mute: list[ProbeVerdict] = []
        self.probed = 0

    @property
    def name(self) -> str:
        """The instance's name in the configuration."""
        return self._name

    async def list(self, wanted: Filter) -> list[Authorization]:
        """Give those that fit, by ascending id."""
        self._speak()
        self.lists.append(wanted)
        return [
            each
            for _, each in sorted(self.tokens.items())
            if wanted.user in {None, each.user}
            and wanted.org in {None, each.org}
            and each.id not in self.troubles
        ]

    async def get(self, authorization_id: str) -> Authorization:
        """Give one; raise AuthorizationNotFoundError."""
        self._speak()
        if authorization_id in self.troubles:
            raise self.troubles[authorization_id]
        found = self.tokens.get(authorization_id)
        if found is None:
            message = f"{authorization_id} is not there."
            raise AuthorizationNotFoundError(Problem(ErrorCode.AUTHORIZATION_NOT_FOUND, message))
        return found

    async def update(
        self, authorization_id: str, update: AuthorizationUpdate, before: Authorization | None
    ) -> None:
        """Set what the update sets, once the gate is open."""
        del before
        self.sent.append((authorization_id, update))
        if self.gate is not None:
            await self.gate.wait()
        if authorization_id in self.refusals:
            raise self.refusals[authorization_id]
        found = update.apply(await self.get(authorization_id))
        self.tokens[authorization_id] = replace(found, revision=found.revision + 1)

    async def own_token(self) -> OwnToken:
        """Tell nothing, unless a test says otherwise: the authorizations themselves do."""
        self._speak()
        return self.own

    async def check_credential(self) -> None:
        """Accept the bot's own token."""
        self._speak()

    async def user_active(self, user_id: str) -> bool:
        """Let every user in but those that a test shuts out."""
        self._speak()
        return user_id not in self.shut_out

    async def of_user_id(self, user_id: str) -> tuple[Authorization, ...]:
        """Give those of a user, by ascending id."""
        return tuple(each for each in await self.list(Filter()) if each.user_id == user_id)

    async def probe(self, secret: SecretStr) -> Probe:
        """Say what it makes of a secret."""
        self.probed += 1
        if self.mute or self.silent is not None:
            verdict = self.mute.pop(0) if self.mute else ProbeVerdict.NOT_PROVEN
            return Probe(verdict, NOON, None, "It did not answer.")
        for authorization_id, token in self.secrets.items():
            if token == secret.get_secret_value() and authorization_id in self.tokens:
                found = self.tokens[authorization_id]
                verdict = ProbeVerdict.LIVE if found.active else ProbeVerdict.INACTIVE
                return Probe(verdict, NOON, found.user_id if found.active else None, "")
        return Probe(ProbeVerdict.UNKNOWN_TOKEN, NOON, None, "unauthorized access")

    async def find_by_secret(self, secret: SecretStr) -> Sighting:
        """Tell which authorizations have a secret, unless it hides that."""
        self._speak()
        if self.hides:
            return Sighting(Search.HIDDEN, hidden=len(self.tokens))
        matches = tuple(
            each
            for each in self.tokens.values()
            if self.secrets.get(each.id) == secret.get_secret_value()
        )
        return Sighting(Search.COMPARED, matches, shown=len(self.tokens))

    async def ping(self) -> str:
        """Give build and version."""
        return "OSS v2.7.12"

    def _speak(self) -> None:
        if self.silent is not None:
            raise self.silent


class Circle:
    """What Slack says of people: what a test has said of them; a ``Directory`` port.

    Attributes:
        looked_up: How often somebody was looked up.
    """

    def __init__(self) -> None:
        self.standings: dict[str, Standing] = {}
        self.looked_up = 0

    def known(self, person: Person) -> Standing | None:
        """Know everybody."""
        return self.standings.get(person.user_id, Standing())

    async def look_up(self, person: Person) -> Standing:
        """Give what was said of them."""
        self.looked_up += 1
        return self.standings.get(person.user_id, Standing())

    async def find(self, user_id: str) -> tuple[Person, Standing] | None:
        """Give somebody of the bot's own workspace, with what was said of them."""
        person = Person(user_id, "T0HOME")
        return person, await self.look_up(person)

    async def members(self, group: str) -> frozenset[str] | None:
        """Give whoever was said to be in a group."""
        theirs = (user for user, standing in self.standings.items() if group in standing.groups)
        return frozenset(theirs)


class Board:
    """Slack as a list of what was shown; a ``Messenger`` port.

    Attributes:
        tried: What was to be told, taken or not.
        trouble: What everything fails with.
    """

    def __init__(self) -> None:
        self.shown: list[ChangeRequest] = []
        self.progress: list[tuple[str, int]] = []
        self.notes: list[str] = []
        self.drifts: list[tuple[str, int]] = []
        self.tried: list[str] = []
        self.trouble: AnnouncementError | None = None

    def states(self, change_id: str) -> list[str]:
        """Name the states in which a request was shown, in their order."""
        return [each.state.value for each in self.shown if each.id == change_id]

    async def announce(
        self, request: ChangeRequest, related: Related, remember: Remember
    ) -> ChangeRequest:
        """Show a request, and give it a message."""
        del related, remember
        self._take("request")
        self.shown.append(request)
        return replace(request, message=MessageRef(request.origin.channel_id, "1764000000.000100"))

    async def tell_directly(
        self, request: ChangeRequest, related: Related, copy: DirectCopy
    ) -> DirectCopy:
        """Show a request to one person, and give them a message."""
        del related
        self._take(f"copy of {request.id}")
        place = copy.place or MessageRef(f"D{copy.user_id}", "1764000000.000200")
        return replace(copy, place=place, shown=request.state.value)

    async def show_progress(self, request: ChangeRequest, sent: int) -> None:
        """Note how far a request is."""
        self.progress.append((request.id, sent))

    async def note_end(self, request: ChangeRequest) -> None:
        """Note that the end of a timer was told."""
        self._take("end")
        self.notes.append(request.id)

    async def tell_drift(
        self, drifted: Drifted, drift: Drift, again: ChangeRequest | None, remember: Remember
    ) -> ChangeRequest:
        """Note that a drift was told."""
        del again, remember
        self._take("drift")
        self.drifts.append((drifted.change.id, drift.number))
        return drifted.change

    def _take(self, what: str) -> None:
        self.tried.append(what)
        if self.trouble is not None:
            raise self.trouble


class Counted:
    """What was counted of reports of leaked secrets; a ``LeakCounts`` port."""

    def __init__(self) -> None:
        self.counts: list[str] = []

    def received(self) -> None:
        """Count a report."""
        self.counts.append("received")

    def identified(self, how: str) -> None:
        """Count one whose token was found."""
        self.counts.append(f"identified: {how}")

    def disabled(self) -> None:
        """Count one that disabled a token."""
        self.counts.append("disabled")

    def proven_dead(self, seconds: float) -> None:
        """Count one whose secret is proven dead."""
        self.counts.append(f"dead after {seconds:g} s")

    def not_proven(self, reason: str) -> None:
        """Count one that ended otherwise."""
        self.counts.append(f"not proven: {reason}")


@dataclass
class CountedChanges:
    """What was counted of decisions and changes; a ``ChangeCounts`` port."""

    decisions: list[tuple[str, str, str]] = field(default_factory=list)
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    took: list[tuple[str, float]] = field(default_factory=list)
    drifts: list[str] = field(default_factory=list)
    glasses: int = 0

    def decision(self, action: str, outcome: str, rule: str) -> None:
        """Count a decision."""
        self.decisions.append((action, outcome, rule))

    def change(self, kind: str, outcome: str) -> None:
        """Count a token."""
        self.outcomes.append((kind, outcome))

    def carried_out(self, kind: str, seconds: float) -> None:
        """Count a change that took effect."""
        self.took.append((kind, seconds))

    def drift(self, instance: str) -> None:
        """Count a token that is active again."""
        self.drifts.append(instance)

    def break_glass(self) -> None:
        """Count a break-glass."""
        self.glasses += 1


@dataclass
class CountedTurns:
    """What was counted of the executor; an ``ExecutorCounts`` port."""

    claims: int = 0
    most_at_once: int = 0
    taken_from: list[str] = field(default_factory=list)
    ends: list[TurnEnd] = field(default_factory=list)

    def at_work(self, requests: int) -> None:
        """Note how many are in hand."""
        self.most_at_once = max(self.most_at_once, requests)

    def claimed(self, requests: int) -> None:
        """Count requests that were taken."""
        self.claims += requests

    def taken_over(self, *, own: bool) -> None:
        """Count a lease that had run out."""
        self.taken_from.append("own" if own else "other")

    def turn_ended(self, end: TurnEnd) -> None:
        """Count how the work on one ended."""
        self.ends.append(end)


@dataclass
class Counts:
    """All that was counted; a ``Counts`` port."""

    changes: CountedChanges = field(default_factory=CountedChanges)
    leaks: Counted = field(default_factory=Counted)
    executor: CountedTurns = field(default_factory=CountedTurns)


@dataclass
class Workshop:
    """A heart, and what stands around it.

    Attributes:
        policy: The policy in force; tests change it.
        now: The moment; tests move it on.
        keeper: The name under which it holds leaked secrets.
        counts: What was counted.
    """

    store: SqlStore
    file: Path
    instances: Mapping[str, InMemoryAuthorizations]
    policy: Policy
    now: datetime = NOON
    directory: Circle = field(default_factory=Circle)
    board: Board = field(default_factory=Board)
    keeper: str = "keeper 1"
    counts: Counts = field(default_factory=Counts)
    deliveries: "count[int]" = field(default_factory=count)
    heart: Heart = field(init=False)

    def __post_init__(self) -> None:
        edges = Edges(
            instances=self.instances,
            store=self.store,
            directory=self.directory,
            policy=lambda: self.policy,
            clock=lambda: self.now,
            command="/token",
            keeper=self.keeper,
            fingerprint_key=None,
            counts=self.counts,
        )
        # A request of several is watched closely, so that no test has to wait for it.
        watch = Watch(look=timedelta(milliseconds=10))
        # A busy machine must not look like another process.
        self.heart = Heart(edges, self.board, Tempo(Pace(lease=timedelta(minutes=1)), watch=watch))

    @property
    def leaks(self) -> Counted:
        """What was counted of reports of leaked secrets."""
        return self.counts.leaks

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """The kinds and outcomes of the tokens that came to an end."""
        return self.counts.changes.outcomes

    @property
    def default(self) -> InMemoryAuthorizations:
        """The first instance."""
        return next(iter(self.instances.values()))

    def ask(self, person: Person = ALICE, channel_id: str = "C0INCIDENTS") -> Ask:
        """Ask from the incident channel, by a delivery of its own."""
        standing = self.directory.standings.get(person.user_id, Standing())
        number = next(self.deliveries)
        return Ask(person, Origin(channel_id), f"delivery {number}", self.now, standing)

    def later(self, pause: timedelta) -> None:
        """Let time pass."""
        self.now += pause

    async def request(self, change_id: str) -> ChangeRequest:
        """Give a request as it is recorded."""
        async with self.store.reading() as reading:
            found = await reading.request(change_id)
        assert found is not None
        return found

    async def put(self, *requests: ChangeRequest) -> None:
        """Store requests as they are."""
        for request in requests:
            async with self.store.transaction() as transaction:
                await transaction.add_request(request, request.created_at)

    async def settled(self) -> None:
        """Wait until everything that is due now is carried out and told."""
        self.heart.executor.wake()
        async with asyncio.timeout(30):
            await self.heart.executor.idle()

    async def events(self) -> list[AuditEvent]:
        """Give the record, oldest first."""
        return [link.event for link in await record_in(self.store)]

    async def tags(self) -> list[str]:
        """Name the events of the record, oldest first."""
        return [event.tag.value for event in await self.events()]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Let the executor run while the context is open."""
        running = asyncio.create_task(self.heart.executor.run())
        try:
            yield
        except BaseException:
            # What goes on for ever ends with the test that found it.
            self.heart.executor.hand_over()
            raise
        finally:
            self.heart.executor.stop()
            await running


@asynccontextmanager
async def workshop(
    folder: Path, *instances: InMemoryAuthorizations, policy: Policy = POLICY
) -> AsyncIterator[Workshop]:
    """Put a heart together as the bot does; nothing is carried out unless it is ``working``."""
    file = folder / "desk.db"
    url = f"sqlite+aiosqlite:///{file}"
    place_database(url)
    async with open_store(url) as store:
        yield Workshop(store, file, {each.name: each for each in instances}, policy)
