"""``kill -9`` at every step, statement, commit and call: nothing is lost, and nothing twice.

``make test`` takes a share of the points, ``make durability`` all of them. In both, a point is the
n-th time that something happens; there are as many as the scenario makes when nobody is killed.
"""

from collections.abc import Callable, Iterator, Mapping

import pytest

from bot.changes.steps import Step
from tests.counting import Tally
from tests.durability.points import Kind, Point
from tests.durability.rounds import Outcome, Plan, Round
from tests.durability.scenarios import SCENARIOS
from tests.durability.succession import Ground

# How many points of each kind are in the share of one scenario, evenly spread; the seed says where
# the first one is. Before a statement or a commit, the database is as after the statement before.
SHARE = {
    Kind.STEP: 2,
    Kind.AFTER_STATEMENT: 1,
    Kind.AFTER_COMMIT: 1,
    Kind.BEFORE_INFLUXDB: 1,
    Kind.AFTER_INFLUXDB: 1,
    Kind.BEFORE_SLACK: 1,
    Kind.AFTER_SLACK: 1,
}
# Two scenarios differ from others by where they begin, or end, alone.
LIKE_OTHERS = ("typed undo", "cancelled preview")
SHARE_OF_THESE = {
    Kind.STEP: 2,
    Kind.BEFORE_STATEMENT: 1,
    Kind.AFTER_STATEMENT: 1,
    Kind.AFTER_COMMIT: 1,
    Kind.AFTER_INFLUXDB: 1,
    Kind.AFTER_SLACK: 1,
}
SHARE_OF_RECOVERIES = {
    Kind.STEP: 1,
    Kind.AFTER_STATEMENT: 1,
    Kind.AFTER_COMMIT: 1,
}
SHARE_ON_POSTGRESQL = {
    Kind.STEP: 1,
    Kind.AFTER_STATEMENT: 1,
    Kind.AFTER_COMMIT: 1,
    Kind.AFTER_INFLUXDB: 1,
}
ON_POSTGRESQL = ("disable", "approval", "several", "undo")
STATEMENTS = (Kind.BEFORE_STATEMENT, Kind.AFTER_STATEMENT, Kind.BEFORE_COMMIT, Kind.AFTER_COMMIT)
SHARE_OF_FIRST_STARTS = dict.fromkeys(STATEMENTS, 1)
NOWHERE = Point(Kind.STEP, 1_000_000)
SEED = 4
# After so many violations further ones tell nothing new, and each may take its time.
ENOUGH = 5
PARTS = 4

# Where the first bot of a recovery is killed: with a request stored, an intent committed, a PATCH
# applied, an outcome recorded, a message posted.
BEFORE_A_RECOVERY = {
    "stored": Point(Kind.STEP, 1),
    "intended": Point(Kind.STEP, 6),
    "applied": Point(Kind.AFTER_INFLUXDB, 2),
    "recorded": Point(Kind.STEP, 10),
    "posted": Point(Kind.STEP, 13),
}
# Once an outcome is recorded, nobody asks InfluxDB again.
NOT_ASKED = ("recorded", "posted")
RECOVERIES = [
    (first, kind)
    for first in BEFORE_A_RECOVERY
    for kind in Kind
    if first not in NOT_ASKED or kind not in {Kind.BEFORE_INFLUXDB, Kind.AFTER_INFLUXDB}
]

Planned = Callable[[Point], Plan]


def alone(point: Point) -> Plan:
    """Give the plan in which one bot is killed."""
    return Plan((point,))


def first_start(point: Point) -> Plan:
    """Give the plan of a bot that is killed after it found an empty database."""
    return Plan((point,), from_birth=True, empty=True)


def recovery(first: str) -> Planned:
    """Give the plan in which the bot that takes over is killed as well."""
    return lambda point: Plan((BEFORE_A_RECOVERY[first], point))


class Run:
    """Play rounds of a scenario, and remember what was violated where.

    Args:
        ground: Where.
        tally: Takes what is printed at the end.
        scenario: The scenario's name.
        plan: Gives the plan for a point.
    """

    def __init__(self, ground: Ground, tally: Tally, scenario: str, plan: Planned) -> None:
        self._ground = ground
        self._tally = tally
        self._scenario = scenario
        self._plan = plan
        self.violations: list[str] = []

    async def at(self, point: Point) -> Outcome:
        """Play a round in which a bot is killed at a point, if it comes there."""
        plan = self._plan(point)
        outcome = await Round(self._ground, SCENARIOS[self._scenario], plan).play()
        tell(self._tally, outcome)
        self.violations += [
            f"{self._scenario}, {plan} ({', '.join(outcome.where)}): {each}; {outcome.trail}"
            for each in (*outcome.violations, *self._spared(outcome, point))
        ]
        return outcome

    async def share(self, of: Mapping[Kind, int]) -> None:
        """Play so many rounds of each kind, of those that there are, with a kill in each."""
        there = await self.at(NOWHERE)
        for kind, wanted in of.items():
            self._must_happen(there, kind)
            for number in spread(there.counts[kind], wanted):
                await self._at_or_before(kind, number)

    async def all_of(self, kind: Kind, part: int = 0, parts: int = 1) -> None:
        """Play every round of a kind, or every so-manieth, until one ends without a kill.

        That one tells how many there are: all before it had a kill.
        """
        number = 1 + part
        while len(self.violations) <= ENOUGH:
            outcome = await self.at(Point(kind, number))
            if not self._killed(outcome):
                self._must_happen(outcome, kind)
                return
            number += parts

    async def _at_or_before(self, kind: Kind, number: int) -> None:
        """Kill at a point, or at the last one that is there: nothing happens as often each time."""
        while number > 0 and len(self.violations) <= ENOUGH:
            outcome = await self.at(Point(kind, number))
            if self._killed(outcome):
                return
            self._must_happen(outcome, kind)
            number = min(number - 1, outcome.counts[kind])

    def _killed(self, outcome: Outcome) -> bool:
        """Tell whether everybody who was to be killed came that far."""
        return outcome.kills == len(self._plan(NOWHERE).points)

    def _must_happen(self, outcome: Outcome, kind: Kind) -> None:
        """Note it if a kind was not counted at all: nobody would be killed, and nothing shown."""
        if outcome.counts[kind] == 0:
            self.violations.append(f"{self._scenario}: no {kind.value} was counted")

    def _spared(self, outcome: Outcome, point: Point) -> Iterator[str]:
        """Say who was not killed, and yet had come that far."""
        left = len(self._plan(point).points) - outcome.kills
        if left > 1:
            yield "whoever was to be killed first was not"
        if left and outcome.counts[point.kind] >= point.number:
            yield f"nobody was killed, of {outcome.counts[point.kind]}"


def spread(there: int, wanted: int) -> list[int]:
    """Choose so many of the numbers from 1 to what is there, evenly."""
    step = max(there // wanted, 1) if wanted else 1
    return [1 + (SEED + place * step) % there for place in range(min(wanted, there))]


def tell(tally: Tally, outcome: Outcome) -> None:
    """Add a round to what is printed at the end."""
    tally("durability", "kills", outcome.kills)
    tally("durability", "cold starts", outcome.cold_starts)
    tally("durability", "violations", len(outcome.violations))


def none_of(violations: list[str]) -> None:
    """Fail with each violation, and where it was found."""
    assert violations == [], f"seed {SEED}:\n" + "\n".join(violations)


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_share(ground: Ground, tally: Tally, scenario: str) -> None:
    """Whatever one process was doing, the next one finishes it."""
    run = Run(ground, tally, scenario, alone)
    await run.share(SHARE_OF_THESE if scenario in LIKE_OTHERS else SHARE)
    none_of(run.violations)


@pytest.mark.parametrize("scenario", ON_POSTGRESQL)
async def test_a_share_on_postgresql(
    ground_on_postgresql: Ground, tally: Tally, scenario: str
) -> None:
    """The database that replicas share keeps what a killed process has committed, and no lock."""
    run = Run(ground_on_postgresql, tally, scenario, alone)
    await run.share(SHARE_ON_POSTGRESQL)
    none_of(run.violations)


@pytest.mark.parametrize("first", BEFORE_A_RECOVERY)
async def test_a_share_of_recoveries(ground: Ground, tally: Tally, first: str) -> None:
    """A bot that takes up what another left is killed as well, from its first statement on."""
    run = Run(ground, tally, "disable", recovery(first))
    await run.share(SHARE_OF_RECOVERIES)
    none_of(run.violations)


async def test_a_share_of_first_starts(ground: Ground, tally: Tally) -> None:
    """A bot is killed while it makes its database, or after; the next one goes on from there."""
    run = Run(ground, tally, "disable", first_start)
    await run.share(SHARE_OF_FIRST_STARTS)
    none_of(run.violations)


@pytest.mark.every_point
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_point(
    ground: Ground, tally: Tally, scenario: str, kind: Kind, part: int
) -> None:
    """The first promise, for every point there is."""
    run = Run(ground, tally, scenario, alone)
    await run.all_of(kind, part, PARTS)
    none_of(run.violations)


@pytest.mark.every_point
@pytest.mark.parametrize(("first", "kind"), RECOVERIES)
async def test_every_recovery(ground: Ground, tally: Tally, first: str, kind: Kind) -> None:
    """The second one, for every point of the life of the bot that takes over."""
    run = Run(ground, tally, "disable", recovery(first))
    await run.all_of(kind)
    none_of(run.violations)


@pytest.mark.every_point
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", STATEMENTS)
async def test_every_first_start(ground: Ground, tally: Tally, kind: Kind, part: int) -> None:
    """The third one, for every statement and commit."""
    run = Run(ground, tally, "disable", first_start)
    await run.all_of(kind, part, PARTS)
    none_of(run.violations)


# The calls at which `python -m bot run` is killed, once it listens; a PATCH, its neighbours, posts.
COLD = {
    "disable": (
        Point(Kind.BEFORE_INFLUXDB, 1),
        Point(Kind.AFTER_INFLUXDB, 1),
        Point(Kind.BEFORE_INFLUXDB, 2),
        Point(Kind.AFTER_INFLUXDB, 2),
        Point(Kind.BEFORE_INFLUXDB, 3),
        Point(Kind.AFTER_INFLUXDB, 3),
        Point(Kind.BEFORE_SLACK, 1),
        Point(Kind.AFTER_SLACK, 1),
    ),
    "approval": (
        Point(Kind.BEFORE_INFLUXDB, 4),
        Point(Kind.AFTER_INFLUXDB, 4),
        Point(Kind.AFTER_SLACK, 3),
    ),
    "several": (
        Point(Kind.BEFORE_INFLUXDB, 3),
        Point(Kind.AFTER_INFLUXDB, 4),
        Point(Kind.AFTER_SLACK, 2),
    ),
    "undo": (
        Point(Kind.BEFORE_INFLUXDB, 5),
        Point(Kind.AFTER_INFLUXDB, 5),
        Point(Kind.AFTER_SLACK, 2),
    ),
}
COLD_ROUNDS = [
    pytest.param(scenario, point, cold, id=f"{scenario}-{point}-bot {cold + 1}")
    for cold, points in enumerate((COLD, {name: each[-1:] for name, each in COLD.items()}))
    for scenario in points
    for point in points[scenario]
]


@pytest.mark.parametrize(("scenario", "point", "cold"), COLD_ROUNDS)
async def test_cold_starts(
    ground: Ground, tally: Tally, scenario: str, point: Point, cold: int
) -> None:
    """The bot that is killed, or the one that takes over, is ``python -m bot run``."""
    plan = Plan((point,), cold=cold)
    outcome = await Round(ground, SCENARIOS[scenario], plan).play()
    tell(tally, outcome)

    none_of(outcome.violations)
    assert outcome.kills == 1


async def test_killed_before_it_listens(ground: Ground, tally: Tally) -> None:
    """One that is killed during its cold start has left nothing in the way of the next."""
    plan = Plan((Point(Kind.BEFORE_SLACK, 1),), from_birth=True, empty=True, cold=0)
    outcome = await Round(ground, SCENARIOS["disable"], plan).play()
    tell(tally, outcome)

    none_of(outcome.violations)
    assert outcome.kills == 1


async def test_every_step_is_reached(ground: Ground, tally: Tally) -> None:
    """No name of a step is dead: the scenarios reach each, and one that is interrupted does too."""
    reached: set[str] = set()
    interrupted = Plan((Point(Kind.AFTER_INFLUXDB, 2),))
    for name, plan in (*((name, Plan()) for name in SCENARIOS), ("disable", interrupted)):
        outcome = await Round(ground, SCENARIOS[name], plan).play()
        tell(tally, outcome)
        none_of(outcome.violations)
        reached |= set(outcome.steps)

    assert reached == {step.value for step in Step}


def test_the_share_is_large_enough() -> None:
    """At least 200 kills, and at least 20 cold starts, each of which is killed or takes over."""
    kills = (len(SCENARIOS) - len(LIKE_OTHERS)) * sum(SHARE.values())
    kills += len(LIKE_OTHERS) * sum(SHARE_OF_THESE.values())
    kills += len(ON_POSTGRESQL) * sum(SHARE_ON_POSTGRESQL.values())
    kills += 2 * len(BEFORE_A_RECOVERY) * sum(SHARE_OF_RECOVERIES.values())
    kills += sum(SHARE_OF_FIRST_STARTS.values()) + len(COLD_ROUNDS)

    assert kills >= 200
    assert len(COLD_ROUNDS) >= 20
