"""One lasting bot at which everybody tries everything, under one policy after the other."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from bot.changes.decision import Freeze
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message, Person, Usergroup
from bot.sandbox.slack.messages import Button
from bot.storage.store import SqlStore
from tests.attacks import forge_denial, forge_press
from tests.words import steady
from tests.world import World, world

NINA = "U0NINA"
NIGHT_GROUP = "S0NIGHT"
PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "viewer": cast.DAVE,
        "operator": cast.ALICE,
        "approver": cast.CAROL,
        "stranger": cast.MALLORY,
        "guest": cast.GUEST,
        "deactivated": cast.GONE,
        "other workspace": cast.VISITOR,
        "group unreadable": NINA,
    }
)
"""Who tries; the guest is in a group of operators, the deactivated one is listed as an operator,
the visitor as an approver, and of the last one's group Slack does not tell the members."""

_SIMPLE = """
[roles]
viewer = ["U0DAVE"]
operator = ["U0ALICE", "U0GONE", "S0ONCALL"]
approver = ["U0BOB", "U0CAROL", "U0VISITOR"{night}]

[channels]
allowed = ["C0INCIDENTS", "C0SHARED"]

[limits]
targets_per_person = 100000
"""
_APPROVALS = f"""{_SIMPLE}
[approval]
needed_for = ["enable", "several"]
"""


class Rules(StrEnum):
    """The policies under which they try."""

    SIMPLE = "simple"
    APPROVALS = "with approvals"
    FROZEN = "frozen"


@dataclass(frozen=True)
class Cell:
    """What came of one person's try.

    Attributes:
        decision: One letter; see ``test_matrix``.
        words: What the person was told, and what the channel shows.
        sent: The bodies of the PATCHes that InfluxDB got.
    """

    decision: str
    words: str
    sent: tuple[str, ...] = ()


@dataclass
class Desk:
    """A bot, and what stands ready to be pressed.

    Attributes:
        ready: A message whose buttons are there to be pressed, until somebody has.
    """

    here: World
    store: SqlStore
    rules: Rules = Rules.SIMPLE
    ready: Message | None = None
    named: dict[str, str] = field(default_factory=dict)

    async def enter(self, rules: Rules, *, night: bool = False, disabling: bool = False) -> None:
        """Put a policy in force; at night it also lists the group that cannot be read.

        Args:
            rules: The policy.
            night: Whether it is night.
            disabling: Whether the approvals that it wants are those for disabling.
        """
        text = _SIMPLE if rules is Rules.SIMPLE else _APPROVALS
        if disabling:
            text = text.replace('["enable", "several"]', '["disable"]')
        self.here.write_policy(text.replace("{night}", ', "S0NIGHT"' if night else ""))
        assert self.here.bot is not None
        assert self.here.bot.reload()
        frozen = Freeze(self.here.now(), "drill") if rules is Rules.FROZEN else None
        if frozen or self.rules is Rules.FROZEN:
            async with self.store.transaction() as transaction:
                await transaction.set_freeze(frozen)
        self.rules = rules

    async def clear(self) -> None:
        """Cancel and forget what goes on, take all messages away, let tokens be as at first."""
        self.ready = None
        async with self.store.reading() as reading:
            left = await reading.open_requests(20)
        for request in left:
            await forge_press(self.here, cast.BOB, "cancel_change", request.id)
            if request.unreviewed:
                reviewer = cast.CAROL if request.requester.user_id == cast.BOB else cast.BOB
                await forge_press(self.here, reviewer, "review_change", request.id)
        await self.here.forget_what_is_due()
        workspace = self.here.slack.workspace
        for message in workspace.all_messages():
            workspace.delete(message)
        for user in PEOPLE.values():
            view = self.here.slack.open_view(user)
            if view is not None:
                workspace.modals.clear(view)
        for each in (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43):
            self.here.influxdb.edit(each, status="active", description="telegraf")
        self.here.influxdb.edit(INACTIVE_LOAD_TEST, status="inactive", description="load test")

    def forget_messages(self) -> None:
        """Take away what was told, but for what stands ready."""
        workspace = self.here.slack.workspace
        for message in workspace.all_messages():
            if message is not self.ready:
                workspace.delete(message)

    def told(self, user: str, before: Mapping[str, str], *, brief: bool) -> str:
        """Give what a person was told since, and what has changed in the channel."""
        private = [
            *self.here.slack.ephemerals(user),
            *self.here.slack.direct_messages(user),
        ]
        public = [*self.here.channel(), *self.here.channel(cast.SHARED)]
        shown = [m.plain for m in private]
        shown += [f"in the channel: {m.plain}" for m in public if before.get(m.ts) != m.plain]
        view = self.here.slack.open_view(user)
        if view is not None:
            shown.append(f"in a form: {view.plain}")
        if brief:
            shown = [text.partition("\n")[0] for text in shown]
        return steady("\n".join(shown)).replace(user, "(own id)")


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[Desk]:
    """Start the bot that lasts for all tries."""
    async with world(folder) as here:
        slack = here.slack
        slack.add_person(Person(NINA, "nina"))
        slack.add_usergroup(Usergroup(NIGHT_GROUP, "night", (NINA,), is_disabled=True))
        slack.add_usergroup(Usergroup(cast.ONCALL_GROUP, "oncall", (cast.GUEST,)))
        incidents = slack.workspace.channels[cast.INCIDENTS]
        slack.add_channel(replace(incidents, members={*incidents.members, NINA}))
        await here.start(policy=_SIMPLE.replace("{night}", ""))
        async with here.store() as store:
            yield Desk(here, store)


def place_of(user: str) -> str:
    """Give the channel in which somebody is."""
    return cast.SHARED if user == cast.VISITOR else cast.INCIDENTS


async def press(desk: Desk, user: str, button: Button) -> None:
    """Press a button of what stands ready; whoever cannot see it sends the same all the same."""
    assert desk.ready is not None
    await desk.here.press(
        desk.ready,
        button.text,
        user=user,
        action_id=button.action_id,
        outdated=True,
        unseen=True,
    )


async def submit_denial(desk: Desk, user: str, change_id: str) -> None:
    """Submit the form in which a denial's reason is written, whether it was opened or not."""
    if desk.here.slack.open_view(user) is not None:
        await desk.here.slack.submit(user, {"Reason": "not today"})
        await desk.here.settled()
        return
    named = {"change": change_id, "channel": place_of(user)}
    answer = await forge_denial(desk.here, user, named)
    desk.named["answer"] = answer.body
