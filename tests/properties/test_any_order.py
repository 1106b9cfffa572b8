"""Requests, votes, undos, crashes, freezes and time, in any order: what must hold holds."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.counting import Tally
from tests.durability.databases import sqlite_databases
from tests.durability.lives import Nursery, nursery
from tests.durability.outside import outside
from tests.durability.points import Kind, Point
from tests.durability.succession import Ground
from tests.properties.life import (
    SECOND_PERSON,
    SIMPLE,
    TWO_APPROVERS,
    WITHOUT_A_SAY,
    Life,
    Played,
    Seen,
)

T = TypeVar("T")

SETTINGS = settings(
    max_examples=8,
    stateful_step_count=15,
    derandomize=True,
    database=None,
    # A step takes as long as the machine is busy, and a bot that is killed takes its time.
    deadline=None,
    # Each shorter sequence would take seconds to try, and these are short enough to read.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[
        # An example is seconds of real processes and sockets; there are few of them.
        HealthCheck.too_slow,
    ],
)

TOKENS = (TELEGRAF_EDGE_42, INACTIVE_LOAD_TEST)
# "switch" is enable or disable, whichever changes something.
COMMANDS = st.sampled_from(
    (
        *(f"switch {each}" for each in TOKENS),
        *(f"switch {each}" for each in TOKENS),
        f"disable {TELEGRAF_EDGE_42} --for 1h",
        f"disable {INACTIVE_LOAD_TEST}",
        f"describe {TELEGRAF_EDGE_42} leaked",
        f"switch {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}",
        "undo",
    )
)
WITH_A_SAY = (cast.ALICE, cast.BOB, cast.CAROL)
EVERYBODY = (*WITH_A_SAY, *WITHOUT_A_SAY)
POINTS = st.one_of(
    st.builds(Point, st.sampled_from((Kind.BEFORE_COMMIT, Kind.AFTER_COMMIT)), st.integers(1, 12)),
    st.builds(
        Point, st.sampled_from((Kind.BEFORE_INFLUXDB, Kind.AFTER_INFLUXDB)), st.integers(1, 4)
    ),
    st.builds(Point, st.sampled_from((Kind.BEFORE_SLACK, Kind.AFTER_SLACK)), st.integers(1, 3)),
)
POLICIES = st.sampled_from((SIMPLE, SECOND_PERSON, TWO_APPROVERS))
TAKING_BACK = frozenset({"undo_change", "cancel_change", "deny_change", "retry_change"})
# A moment; and when a preview, an approval and a timer are over.
MINUTES = st.sampled_from((1, 11, 31, 120))
WHICH = st.integers(0, 8)


class AnyOrder(RuleBasedStateMachine):
    """One bot after another, and everybody who wants something of it.

    Args:
        born: Where bots are forked.
        played: What is counted.
    """

    def __init__(self, born: Nursery, played: Played) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._played = played
        self._life = self._do(self._open(born))

    async def _open(self, born: Nursery) -> Life:
        folder = Path(self._stack.enter_context(TemporaryDirectory()))
        databases = await self._stack.enter_async_context(sqlite_databases(folder))
        there = await self._stack.enter_async_context(outside())
        life = Life(Ground(born, databases, there, folder), self._played)
        self._stack.push_async_callback(life.close)
        return life

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(what)

    def teardown(self) -> None:
        """End everything that was begun."""
        try:
            self._do(self._stack.aclose())
        finally:
            self._runner.close()

    def _press(self, which: int, offered: Sequence[Seen]) -> None:
        """Have somebody press something; where there is nothing, they ask for something.

        What is there depends on who was killed when, and on that no draw may depend.
        """
        if offered:
            self._do(self._life.press(offered[which % len(offered)]))
        else:
            self._do(self._life.say(cast.ALICE, f"switch {TOKENS[which % len(TOKENS)]}"))

    @initialize(policy=POLICIES, text=COMMANDS)
    def begin(self, policy: str, text: str) -> None:
        """Somebody starts the bot, and somebody else asks for something."""
        self._do(self._life.begin(policy))
        self._do(self._life.say(cast.ALICE, text))

    @rule(user=st.sampled_from((cast.ALICE, cast.BOB)), text=COMMANDS)
    def somebody_types(self, user: str, text: str) -> None:
        """An operator, or an approver, asks for something."""
        self._do(self._life.say(user, text))

    @rule(which=WHICH)
    def somebody_confirms_or_approves(self, which: int) -> None:
        """Somebody agrees who may."""
        self._press(which, self._life.agreeable())

    @rule(which=WHICH)
    def somebody_else_confirms_or_approves(self, which: int) -> None:
        """As above: it takes more of them."""
        self._press(which, self._life.agreeable())

    @rule(which=WHICH)
    def somebody_takes_back(self, which: int) -> None:
        """Somebody undoes, cancels, denies or retries."""
        self._press(which, self._life.offered(WITH_A_SAY, TAKING_BACK))

    @rule(which=WHICH)
    def somebody_thinks_better_of_an_undo(self, which: int) -> None:
        """Somebody undoes something, and cancels it if it waits."""
        self._press(which, self._life.offered(WITH_A_SAY, ["undo_change"]))
        self._press(0, self._life.offered([cast.ALICE], ["cancel_change"]))

    @rule(which=st.integers(0, 30))
    def somebody_presses_anything(self, which: int) -> None:
        """Somebody presses any button that they see."""
        self._press(which, self._life.offered(EVERYBODY))

    @rule(user=st.sampled_from(WITHOUT_A_SAY), text=COMMANDS)
    def a_viewer_or_stranger_types(self, user: str, text: str) -> None:
        """Somebody asks for what they may not."""
        self._do(self._life.say(user, text))

    @rule(policy=POLICIES, point=st.none() | POINTS)
    def it_crashes(self, policy: str, point: Point | None) -> None:
        """The bot is killed; the next one has another policy, and is perhaps killed soon."""
        self._do(self._life.crash(policy, point))

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        """Nobody does anything for a while."""
        self._do(self._life.pass_time(timedelta(minutes=minutes)))

    @precondition(lambda self: not self._life.rules.frozen)
    @rule(which=WHICH)
    def somebody_freezes(self, which: int) -> None:
        """Whoever runs the bot stops all changes, while something waits; people agree to it."""
        if not self._life.agreeable():
            both = f"switch {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}"
            self._do(self._life.say(cast.ALICE, both))
        self._do(self._life.freeze())
        self._press(which, self._life.agreeable())

    @precondition(lambda self: self._life.rules.frozen)
    @rule()
    def somebody_unfreezes(self) -> None:
        """They let them go on."""
        self._do(self._life.unfreeze())

    @rule(which=WHICH)
    def carol_joins_or_leaves(self, which: int) -> None:
        """Somebody is an approver no more, once she has agreed to something, or again."""
        hers = [seen for seen in self._life.agreeable() if seen.user == cast.CAROL]
        if hers and not self._life.voted(cast.CAROL):
            self._press(which, hers)
        self._do(self._life.join_or_leave(cast.CAROL))

    @rule(authorization_id=st.sampled_from(TOKENS))
    def influxdb_is_about_to_fail(self, authorization_id: str) -> None:
        """The next PATCH of a token fails."""
        self._life.hinder(authorization_id)

    @invariant()
    def it_holds(self) -> None:
        """Nothing is violated, now that everything is at rest."""
        violations = self._do(self._life.check())
        assert violations == [], "\n".join(violations)
        self._played.steps += 1


def test_whatever_happens_in_whatever_order(tally: Tally) -> None:
    """Whatever people, time and crashes do one after another, every promise holds at rest."""
    played = Played()
    # A socket's path must be short.
    with TemporaryDirectory() as folder, nursery(Path(folder)) as born:
        # By its documentation, what it calls may be a function as well as a class.
        machine: Any = lambda: AnyOrder(born, played)  # noqa: E731 - it is handed over at once
        run_state_machine_as_test(machine, settings=SETTINGS)
    for what, number in asdict(played).items():
        tally("state machine", what, number)
    assert played.crashes >= 10
    assert played.patches >= 10
