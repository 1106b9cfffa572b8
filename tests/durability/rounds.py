"""One round: people act, a bot is killed at a point, another takes over, and all is checked."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from bot.sandbox import cast
from bot.sandbox.slack import Button, Delivery, Message
from tests.durability import records
from tests.durability.checker import Checker, Offered, differences, is_right
from tests.durability.points import Kind, Point
from tests.durability.records import Record
from tests.durability.scenarios import Act, Hinder, Pass, Press, Reopen, Report, Say, Scenario
from tests.durability.succession import LEASE, Birth, Ground, Succession

_SHORT_LEASE = timedelta(seconds=1)
PROMISED = re.compile(r"as change `?([0-9A-Z]{6})`?")
_NOT_CONFIRMED = "Could not confirm that this was stored"
_ANYBODY = (cast.ALICE, cast.BOB, cast.CAROL)
# Whoever asks for something does not agree to it.
_OTHERS_FIRST = {"approve_change", "deny_change", "review_change"}


@dataclass
class Outcome:
    """What came of a round.

    Attributes:
        where: What each process that was killed was doing then.
        cold_starts: How many processes began as users begin them.
        steps: How often each step was reached, at most, by lives that came to rest.
        counts: How often each kind of thing happened to the last bot, while it could be killed.
        trail: What people did, and what Slack told them at once.
    """

    where: list[str] = field(default_factory=list)
    cold_starts: int = 0
    violations: list[str] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)
    counts: Counter[Kind] = field(default_factory=Counter)
    trail: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return len(self.where)


@dataclass(frozen=True)
class Plan:
    """What happens to the bots of a round.

    Attributes:
        points: Where each is killed, one after the other; the next one lives.
        from_birth: Whether the first one's start counts; the start of any other does.
        empty: Whether the first one finds a database without any table.
        cold: Which of them, from 0, begins as users begin it; None for none.
    """

    points: tuple[Point, ...] = ()
    from_birth: bool = False
    empty: bool = False
    cold: int | None = None

    def __str__(self) -> str:
        cold = "" if self.cold is None else f", bot {self.cold + 1} started cold"
        return f"{', then '.join(map(str, self.points)) or 'nowhere'}{cold}"


class Round:
    """Play a scenario once.

    Args:
        ground: Where.
        scenario: What people do.
        plan: What happens to the bots.
    """

    def __init__(self, ground: Ground, scenario: Scenario, plan: Plan) -> None:
        self._ground = ground
        self._scenario = scenario
        self._plan = plan
        databases = ground.databases
        url = databases.empty() if plan.empty else databases.fresh()
        self._bots = Succession(ground, url, empty=plan.empty, look=self._look, mode=scenario.mode)
        self._slack = self._bots.slack
        self._influxdb = self._bots.influxdb
        self._witness = self._bots.witness
        self._outcome = Outcome(where=self._bots.where)
        self._taken: tuple[Button, str] | None = None
        self._born = 0

    async def play(self) -> Outcome:
        """Play it, and say what came of it."""
        self._bots.policy.write_text(self._scenario.policy, encoding="utf-8")
        try:
            if not await self._bear():
                await self._take_over()
            for act in self._scenario.acts:
                await self._do(act)
            await self._spare()
            record = await self._checked()
            await self._look_at_history(record)
            await self._press_what_is_left(record)
        finally:
            await self._bots.close()
        return self._outcome

    async def _bear(self) -> bool:
        """Start the next bot; False if it was killed before it listened."""
        plan, number = self._plan, self._born
        self._born += 1
        point = plan.points[number] if number < len(plan.points) else None
        from_birth = number > 0 or plan.from_birth
        # Those that come before a cold start must not keep it waiting: its clock is the machine's.
        lease = LEASE if plan.cold is None or number >= plan.cold else _SHORT_LEASE
        self._outcome.cold_starts += number == plan.cold
        if not await self._bots.bear(Birth(point, from_birth, number == plan.cold, lease)):
            return False
        return from_birth or await self._bots.arm(point)

    async def _spare(self) -> None:
        """Let whoever lives by now live."""
        self._outcome.counts = self._bots.life.counts + self._ground.outside.counts
        if not await self._bots.spare():
            # It went on counting after it had come to rest: it looks whether anything is due.
            await self._take_over()
            await self._spare()

    async def _do(self, act: Act) -> None:
        if await self._try(act):
            return
        await self._take_over()
        if self._taken is not None:
            await self._not_in_vain(*self._taken)
            self._taken = None
        if isinstance(act, Press) and self._button(act) is not None:
            await self._try(act)

    async def _not_in_vain(self, button: Button, change_id: str) -> None:
        """Find that a press that was acknowledged has been taken in, whoever was killed then."""
        record = await records.read(self._bots.engine, self._bots.now())
        request = record.find(change_id)
        undone_in_vain = any(each.undo_of == change_id for each in record.requests)
        if request is not None and is_right(button, request) and not undone_in_vain:
            self._outcome.violations.append(f"{change_id}: {button.text} was taken, and is lost")

    async def _try(self, act: Act) -> bool:
        """Do something and wait until the bot has done its part; False if it ended meanwhile."""
        match act:
            case Say(text, user):
                delivery = await self._slack.command(user, cast.INCIDENTS, "/token", text)
                self._note(act, delivery)
                promised = PROMISED.findall(delivery.body)
                self._witness.typed += 1
                # Who somebody is may have to be asked first; the ack says nothing then.
                silent = delivery.status == 200 and not delivery.body
                self._witness.taken += silent or bool(promised)
                self._witness.promised += promised
            case Press(action, user, inputs):
                message = self._button(act)
                if message is None:
                    return True
                seen = len(self._slack.ephemerals(user))
                delivery = await self._slack.press(user, message, action_id=action)
                self._note(act, delivery)
                if await self._settled() and self._unsure(user, seen):
                    # A busy machine's database does not answer in time; who is told so looks, and
                    # presses again.
                    self._note(act, await self._slack.press(user, message, action_id=action))
                self._taken = None
                if delivery.status == 200 and not inputs:
                    button = message.find_button(None, action, 0, outdated=True)
                    self._taken = None if button is None else (button, button.value or "")
                if inputs and await self._settled() and self._slack.open_view(user) is not None:
                    await self._slack.submit(user, dict(inputs))
            case Report():
                await self._report(act)
            case Hinder() | Reopen():
                act.lay_out(self._influxdb)
            case Pass(by):
                await self._bots.advance(by)
        return await self._settled()

    async def _report(self, act: Report) -> None:
        """Fill in the form, if it opens; what is submitted once is not submitted again."""
        await self._slack.command(act.user, cast.INCIDENTS, "/token", "leak")
        if not await self._settled() or self._slack.open_view(act.user) is None:
            return
        answers = {"The leaked token": act.secret, "Where it was found": "a gist"}
        if act.others:
            answers["Other tokens of its owner"] = "Also disable every other active one"
        delivery = await self._slack.submit(act.user, answers)
        self._witness.typed += 1
        self._witness.taken += delivery.status == 200 and not delivery.body

    def _note(self, act: Act, delivery: Delivery) -> None:
        """Keep what came of an act, for whoever reads of a violation."""
        told = delivery.error or delivery.body or "taken"
        self._outcome.trail.append(f"{act}: {delivery.status}, {told}")

    def _unsure(self, user: str, seen: int) -> bool:
        """Tell whether somebody was told that it is not known whether their click was stored."""
        return any(_NOT_CONFIRMED in m.plain for m in self._slack.ephemerals(user)[seen:])

    def _button(self, act: Press) -> Message | None:
        """Find the newest message with the button; of its copies, now the first, now the last.

        A copy of an earlier change's, left by whoever was killed, may still show the same button.
        """
        channels = [cast.INCIDENTS, cast.SECURITY]
        found = [
            message
            for channel in channels
            for message in self._slack.visible_to(act.user, channel)
            if any(button.action_id == act.action for button in message.buttons)
            and self._slack.workspace.can_see(act.user, channel)
        ]
        if not found:
            return None
        last = any(point.number % 2 == 0 for point in self._plan.points)
        newest = found[-1].find_button(None, act.action, 0, outdated=False)
        copies = [m for m in found if m.find_button(None, act.action, 0, outdated=False) == newest]
        return copies[-1] if last else copies[0]

    async def _settled(self) -> bool:
        life = self._bots.life
        if not await self._bots.settled():
            self._outcome.violations.append("it does not come to rest")
        self._outcome.steps |= life.steps
        return not life.dead.is_set()

    async def _take_over(self) -> None:
        """Start the next bot, when the leases of the one that was killed have run out."""
        while True:
            await self._bury()
            self._outcome.trail.append("another bot takes over")
            if await self._bear() and await self._settled():
                return

    async def _bury(self) -> None:
        await self._bots.bury()
        if self._plan.cold is not None and self._born <= self._plan.cold:
            # A cold start waits until the leases have run out.
            return
        await self._bots.let_leases_run_out()

    async def _checked(self) -> Record:
        record = await records.read(self._bots.engine, self._bots.now())
        checker = Checker(record, self._slack, self._influxdb, self._witness)
        self._outcome.violations += checker.violations()
        return record

    async def _look_at_history(self, record: Record) -> None:
        """Ask for the history of what was interrupted, as whoever got no answer does."""
        for change_id in self._witness.in_flight:
            seen = {(m.channel, m.ts) for m in self._slack.ephemerals(cast.ALICE)}
            delivery = await self._slack.command(
                cast.ALICE, cast.INCIDENTS, "/token", f"history {change_id}"
            )
            await self._settled()
            told = " ".join(
                message.plain
                for message in self._slack.ephemerals(cast.ALICE)
                if (message.channel, message.ts) not in seen
            )
            if "interrupted" not in told:
                self._outcome.violations.append(
                    f"{change_id}: its history tells of no interruption ({delivery.error}): "
                    f"{' '.join(told.split())!r}"
                )
        for request in record.requests:
            if request.interrupted and request.id not in self._witness.in_flight:
                self._outcome.violations.append(f"{request.id}: an interruption that never was")

    async def _press_what_is_left(self, record: Record) -> None:
        """Press buttons on copies of which nothing is recorded: those that are right must work."""
        checker = Checker(record, self._slack, self._influxdb, self._witness)
        others = checker.offered(recorded=False)
        for offered in others:
            # A press on one button may have brought the whole copy up to date.
            if offered.stands and not is_right(offered.button, offered.request):
                await self._press_in_vain(offered, record)
        for offered in others:
            if offered.stands and is_right(offered.button, offered.request):
                await self._press(offered)
                await self._works(offered)
                return

    async def _press_in_vain(self, offered: Offered, before: Record) -> None:
        shown = offered.message.plain
        told = self._count_messages()
        patches = len(self._influxdb.patches())
        error = await self._press(offered)
        after = await records.read(self._bots.engine, self._bots.now())
        self._outcome.violations += differences(before, after)
        if len(self._influxdb.patches()) != patches:
            self._outcome.violations.append(f"{offered.button.text} from before sent a PATCH")
        if (
            self._count_messages() == told
            and offered.message.plain == shown
            and not any(self._slack.open_view(user) for user in _ANYBODY)
        ):
            self._outcome.violations.append(
                f"{offered.button.text} from before says nothing ({error})"
            )

    def _count_messages(self) -> int:
        return sum(1 for _ in self._slack.workspace.all_messages())

    async def _works(self, offered: Offered) -> None:
        record = await self._checked()
        request = record.find(offered.request.id)
        if request is None or is_right(offered.button, request):
            self._outcome.violations.append(f"{offered.button.text} on a copy does nothing")

    async def _press(self, offered: Offered) -> str | None:
        """Have somebody press who may; give what Slack tells them, if it is an error."""
        message, button = offered.message, offered.button
        others_first = button.action_id in _OTHERS_FIRST
        for user in reversed(_ANYBODY) if others_first else _ANYBODY:
            if message in self._slack.visible_to(user, message.channel):
                delivery = await self._slack.press(user, message, action_id=button.action_id)
                await self._settled()
                return delivery.error
        return "nobody sees it"

    async def _look(self, method: str, path: str, _body: bytes) -> None:
        if method != "PATCH":
            return
        authorization_id = path.rpartition("/")[2]
        changes = await records.intended(self._bots.engine, authorization_id)
        self._witness.patches.append((authorization_id, tuple(each.id for each in changes)))
