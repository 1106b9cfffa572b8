"""What people, time and crashes do to a bot, one step after another, and what must hold then."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.changes import evidence
from bot.changes.audit import EventTag
from bot.changes.decision import Freeze
from bot.changes.request import ChangeRequest
from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.slack import Button, Message
from bot.storage.store import SqlStore
from tests.attacks import path
from tests.durability import records
from tests.durability.checker import Checker, differences
from tests.durability.points import Point
from tests.durability.records import Record
from tests.durability.rounds import PROMISED
from tests.durability.succession import Birth, Ground, Succession

SECOND_PERSON = cast.SECOND_PERSON
TWO_APPROVERS = f"{cast.SECOND_PERSON}\nquorum = 2\n"
SIMPLE = cast.SECOND_PERSON.partition("[approval]")[0]
"""The same people and roles, who all act alone."""
WITHOUT_A_SAY = (cast.DAVE, cast.MALLORY)
"""A viewer, and somebody with no role at all."""
_QUORUM = {SIMPLE: 0, SECOND_PERSON: 1, TWO_APPROVERS: 2}
# By then, what the bot remembers of a user group is not fresh any more.
_FORGOTTEN = timedelta(minutes=2)
_FROZEN = "freeze"


@dataclass(frozen=True)
class Seen:
    """A button that somebody sees."""

    user: str
    message: Message
    button: Button


@dataclass
class Played:
    """How much was played, in all examples together."""

    steps: int = 0
    crashes: int = 0
    patches: int = 0
    votes: int = 0
    lapsed: int = 0
    undos: int = 0


@dataclass
class _Rules:
    """What holds at the moment.

    Attributes:
        policy: The policy that the bot has read.
        frozen: Whether all changes are stopped.
        approvers: Who is in the group of the approvers, as the bot knows by now.
    """

    policy: str = SIMPLE
    frozen: bool = False
    approvers: frozenset[str] = frozenset({cast.BOB, cast.CAROL})


@dataclass
class Life:
    """A bot that is killed again and again, and whoever wants something of it.

    Args:
        ground: Where.
        played: What is counted.

    Attributes:
        known: The requests as of the last check.
    """

    ground: Ground
    played: Played
    rules: _Rules = field(default_factory=_Rules)
    violations: list[str] = field(default_factory=list)
    known: Sequence[ChangeRequest] = ()
    _mine: Point | None = None

    def __post_init__(self) -> None:
        self._bots = Succession(self.ground, self.ground.databases.fresh(), look=self._look)
        self._slack, self._influxdb = self._bots.slack, self._bots.influxdb

    async def begin(self, policy: str) -> None:
        """Start the first bot, with nothing asked for yet."""
        self._write(policy)
        await self._bear()

    async def close(self) -> None:
        """Count what was done, and kill the last one."""
        tags = [link.event.tag for link in (await self._record()).events]
        self.played.votes += tags.count(EventTag.APPROVAL_VOTED)
        self.played.lapsed += tags.count(EventTag.APPROVAL_LAPSED)
        self.played.undos += len([r for r in self.known if r.undo_of and r.effective])
        await self._bots.close()

    def voted(self, user: str) -> bool:
        """Tell whether somebody has agreed to what is not finished yet."""
        return any(
            vote.voter.user_id == user
            for request in self.known
            if request.approval is not None and not request.state.final
            for vote in request.approval.votes
        )

    async def say(self, user: str, text: str) -> None:
        """Have somebody type a command; ``switch`` is enable or disable, whichever changes it."""
        before = await self._record()
        named = re.search(r"switch (\w+)", text)
        if named is not None:
            active = self._influxdb.authorization(named[1]).status == "active"
            text = text.replace("switch", "disable" if active else "enable")
        self._bots.witness.typed += 1
        await self._tread()
        delivery = await self._slack.command(user, cast.INCIDENTS, "/token", text)
        self._bots.witness.promised += PROMISED.findall(delivery.body)
        await self._rest()
        await self._moved_by(user, f"{user} typed {text}", before)

    def offered(self, users: Sequence[str], actions: Container[str] | None = None) -> list[Seen]:
        """Give what people see to press, the newest first; of some actions, or of all."""
        return [
            Seen(user, message, button)
            for channel in self._slack.workspace.channels
            for message in reversed(self._slack.workspace.messages_in(channel))
            for user in users
            if message in self._slack.visible_to(user, channel)
            for button in message.buttons
            if actions is None or button.action_id in actions
        ]

    def agreeable(self) -> list[Seen]:
        """Give what those see who may confirm or approve it."""
        asked_by = {request.id: request.requester.user_id for request in self.known}
        return [
            *(
                seen
                for user in sorted(set(asked_by.values()))
                for seen in self.offered([user], ["confirm_change"])
                if asked_by.get(seen.button.value or "") == user
            ),
            *(
                seen
                for seen in self.offered(sorted(self.rules.approvers), ["approve_change"])
                if asked_by.get(seen.button.value or "") != seen.user
            ),
        ]

    async def press(self, seen: Seen) -> None:
        """Have somebody press what they see."""
        before = await self._record()
        user, message, button = seen.user, seen.message, seen.button
        alike = [each for each in message.buttons if each.action_id == button.action_id]
        await self._tread()
        await self._slack.press(user, message, action_id=button.action_id, nth=alike.index(button))
        await self._rest()
        if self._slack.open_view(user) is not None:
            await self._slack.submit(user, {"Reason": "not tonight"})
            await self._rest()
        await self._moved_by(user, f"{user} pressed {button.text}", before)

    async def crash(self, policy: str, point: Point | None) -> None:
        """Kill the bot, and start one that is killed at a point of what happens next."""
        await self._take_over(policy, point)
        self._mine = point

    async def pass_time(self, by: timedelta) -> None:
        """Let time pass."""
        await self._tread()
        await self._bots.advance(by)
        await self._rest()

    async def freeze(self) -> None:
        """Stop all changes, as ``token-bot freeze`` does."""
        now = self._bots.now()
        async with SqlStore(self._bots.engine).transaction() as transaction:
            await transaction.set_freeze(Freeze(now))
            await transaction.append(evidence.frozen("cli:somebody", now, ""))
        self.rules.frozen = True

    async def unfreeze(self) -> None:
        """Let changes go on, as ``token-bot unfreeze`` does."""
        await self._tread()
        self.rules.frozen = False
        async with SqlStore(self._bots.engine).transaction() as transaction:
            await transaction.set_freeze(None)
            await transaction.append(evidence.unfrozen("cli:somebody", self._bots.now()))
        await self._rest()

    async def join_or_leave(self, user: str) -> None:
        """Put somebody into the group of the approvers, or take them out, until the bot knows."""
        group = self._slack.workspace.usergroups[cast.SECURITY_GROUP]
        members = {*group.members} ^ {user}
        self._slack.add_usergroup(replace(group, members=tuple(sorted(members))))
        self.rules.approvers = frozenset(members)
        await self.pass_time(_FORGOTTEN)

    def hinder(self, authorization_id: str) -> None:
        """Have the next PATCH of a token fail."""
        where = path(authorization_id)
        self._influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=where)

    async def check(self) -> list[str]:
        """Say what does not hold, now that everything is at rest."""
        record = await self._record()
        self.known = record.requests
        checker = Checker(
            record, self._slack, self._influxdb, self._bots.witness, waits=self._waits
        )
        found = [*self.violations, *checker.violations()]
        found += self._no_undo_of_an_undo(record)
        return found

    async def _bear(self, point: Point | None = None) -> None:
        assert await self._bots.bear(Birth(point))
        await self._rest()

    async def _take_over(self, policy: str, point: Point | None = None) -> None:
        await self._bots.bury()
        self.played.crashes += 1
        self._write(policy)
        await self._bots.let_leases_run_out()
        await self._bear(point)

    def _write(self, policy: str) -> None:
        self._bots.policy.write_text(policy, encoding="utf-8")
        self.rules.policy = policy

    async def _tread(self) -> None:
        """Step on what was laid out for whoever lives."""
        if self._mine is not None:
            await self._bots.arm(self._mine)

    async def _rest(self) -> None:
        """Wait until everything is done that can be, by the next bot if this one is killed."""
        if not await self._bots.settled(self._at_rest):
            self.violations.append("it does not come to rest")
        armed, self._mine = self._mine is not None, None
        alive = await self._bots.spare() if armed else not self._bots.life.dead.is_set()
        if not alive:
            await self._take_over(self.rules.policy)

    async def _at_rest(self) -> bool:
        record = await self._record()
        left = record.left
        held_back = {each.id for each in record.requests if self._held_back(each)}
        going_on = {*left.leased, *left.due} - held_back
        return not (going_on or left.undecided or left.held)

    async def _record(self) -> Record:
        return await records.read(self._bots.engine, self._bots.now())

    def _waits(self, request: ChangeRequest) -> bool:
        """Tell whether a request may be open: it waits for a person, or for the end of a freeze."""
        return request.state.waiting or self._held_back(request)

    def _held_back(self, request: ChangeRequest) -> bool:
        return (
            self.rules.frozen
            and not request.state.final
            and bool(request.held_back)
            and self._says(request, _FROZEN)
        )

    def _says(self, request: ChangeRequest, word: str) -> bool:
        return any(
            word in message.plain
            for message in self._slack.workspace.all_messages()
            if not message.deleted and request.id in message.plain
        )

    async def _moved_by(self, user: str, what: str, before: Record) -> None:
        """Find that whoever has no say has moved nothing."""
        if user in WITHOUT_A_SAY:
            moved = differences(before, await self._record())
            self.violations += [f"{what}: {each}" for each in moved]

    async def _look(self, method: str, where: str, body: bytes) -> None:
        """Look at a PATCH before it has any effect."""
        if method != "PATCH":
            return
        authorization_id = where.rpartition("/")[2]
        changes = await records.intended(self._bots.engine, authorization_id)
        self._bots.witness.patches.append((authorization_id, tuple(each.id for each in changes)))
        self.played.patches += 1
        if self.rules.frozen:
            self.violations.append(f"a PATCH of {authorization_id} while changes are stopped")
        if b'"active"' in body:
            self.violations += self._unapproved(changes)

    def _unapproved(self, changes: Sequence[ChangeRequest]) -> Iterator[str]:
        quorum = _QUORUM[self.rules.policy]
        for change in changes:
            votes = () if change.approval is None else change.approval.votes
            agreed = {vote.voter.user_id for vote in votes} & self.rules.approvers
            agreed -= {change.requester.user_id}
            if len(agreed) < quorum:
                yield f"{change.id} enables, and {len(agreed)} of {quorum} approvers agreed"

    def _no_undo_of_an_undo(self, record: Record) -> Iterator[str]:
        for request in record.requests:
            undone = record.find(request.undo_of)
            if undone is not None and undone.undo_of is not None:
                yield f"{request.id} undoes {undone.id}, which is an undo"
