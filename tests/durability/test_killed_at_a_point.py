"""``kill -9`` at every step, statement, commit and call: nothing is lost, and nothing twice.

``make test`` takes a share of the points, ``make durability`` all of them.
"""

from collections.abc import Callable, Iterator
from itertools import count, islice

import pytest

from bot.changes.steps import Step
from tests.counting import Tally
from tests.durability.points import Kind, Point
from tests.durability.rounds import Ground, Outcome, Plan, Round
from tests.durability.scenarios import SCENARIOS

# Of each kind every so-manieth point is in the share, the first one chosen by the seed.
STRIDES = {
    Kind.STEP: 5,
    Kind.BEFORE_STATEMENT: 31,
    Kind.AFTER_STATEMENT: 31,
    Kind.BEFORE_COMMIT: 9,
    Kind.AFTER_COMMIT: 9,
    Kind.BEFORE_INFLUXDB: 3,
    Kind.AFTER_INFLUXDB: 3,
    Kind.BEFORE_SLACK: 3,
    Kind.AFTER_SLACK: 3,
}
SEED = 4
SLICES = 4


async def killed_at(
    ground: Ground,
    tally: Tally,
    scenario: str,
    numbers: Iterator[int],
    plan: Callable[[int], Plan],
) -> None:
    """Play a scenario with one plan after the other, until one kills nobody where it should.

    Raises:
        AssertionError: With every violation, and where it was found.
    """
    violations: list[str] = []
    for number in numbers:
        planned = plan(number)
        outcome = await Round(ground, SCENARIOS[scenario], planned).play()
        tell(tally, outcome)
        violations += [f"{scenario}, {planned} ({outcome.where}): {v}" for v in outcome.violations]
        if outcome.kills < len(planned.points):
            break
    assert violations == [], "\n".join(violations)


def tell(tally: Tally, outcome: Outcome) -> None:
    """Add a round to what is printed at the end."""
    tally("durability", "kills", outcome.kills)
    tally("durability", "cold starts", outcome.cold_starts)
    tally("durability", "violations", len(outcome.violations))


def share(kind: Kind, scenario: str) -> Iterator[int]:
    """Give the numbers of the points that are in the share."""
    stride = STRIDES[kind]
    return count(1 + (SEED + list(SCENARIOS).index(scenario)) % stride, stride)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_share(ground: Ground, tally: Tally, scenario: str, kind: Kind) -> None:
    """Whatever one process was doing, the next one finishes it."""
    await killed_at(
        ground, tally, scenario, share(kind, scenario), lambda n: Plan((Point(kind, n),))
    )


@pytest.mark.every_point
@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_point(
    ground: Ground, tally: Tally, scenario: str, kind: Kind, part: int
) -> None:
    """The same for every point there is."""
    numbers = count(1 + part, SLICES)
    await killed_at(ground, tally, scenario, numbers, lambda n: Plan((Point(kind, n),)))


# Where the first bot of a recovery is killed: with a request stored, an intent committed, a PATCH
# applied, an outcome recorded, a message posted.
BEFORE_A_RECOVERY = {
    "stored": Point(Kind.STEP, 1),
    "intended": Point(Kind.STEP, 6),
    "applied": Point(Kind.AFTER_INFLUXDB, 2),
    "recorded": Point(Kind.STEP, 10),
    "posted": Point(Kind.STEP, 13),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("first", BEFORE_A_RECOVERY)
async def test_a_share_of_recoveries(ground: Ground, tally: Tally, first: str, kind: Kind) -> None:
    """A bot that takes up what another left is killed as well, from its first statement on."""
    before = BEFORE_A_RECOVERY[first]
    numbers = islice(share(kind, "disable"), 1, None, 2)
    await killed_at(ground, tally, "disable", numbers, lambda n: Plan((before, Point(kind, n))))


@pytest.mark.every_point
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("first", BEFORE_A_RECOVERY)
async def test_every_recovery(ground: Ground, tally: Tally, first: str, kind: Kind) -> None:
    """The same for every point of the second bot's life."""
    before = BEFORE_A_RECOVERY[first]
    await killed_at(ground, tally, "disable", count(1), lambda n: Plan((before, Point(kind, n))))


STATEMENTS = (Kind.BEFORE_STATEMENT, Kind.AFTER_STATEMENT, Kind.BEFORE_COMMIT, Kind.AFTER_COMMIT)


@pytest.mark.parametrize("kind", STATEMENTS)
async def test_a_share_of_first_starts(ground: Ground, tally: Tally, kind: Kind) -> None:
    """A bot is killed while it makes its database; the next one goes on from there."""
    numbers = share(kind, "disable")
    await killed_at(ground, tally, "disable", numbers, lambda n: first_start(Point(kind, n)))


@pytest.mark.every_point
@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("kind", STATEMENTS)
async def test_every_first_start(ground: Ground, tally: Tally, kind: Kind, part: int) -> None:
    """The same for every statement and commit."""
    numbers = count(1 + part, SLICES)
    await killed_at(ground, tally, "disable", numbers, lambda n: first_start(Point(kind, n)))


def first_start(point: Point) -> Plan:
    """Give the plan of a bot that finds an empty database."""
    return Plan((point,), from_birth=True, empty=True)


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
        Point(Kind.AFTER_INFLUXDB, 1),
        Point(Kind.BEFORE_INFLUXDB, 4),
        Point(Kind.AFTER_INFLUXDB, 4),
        Point(Kind.AFTER_SLACK, 3),
    ),
    "several": (
        Point(Kind.BEFORE_INFLUXDB, 3),
        Point(Kind.AFTER_INFLUXDB, 4),
        Point(Kind.BEFORE_SLACK, 1),
        Point(Kind.AFTER_SLACK, 2),
    ),
    "undo": (
        Point(Kind.BEFORE_INFLUXDB, 5),
        Point(Kind.AFTER_INFLUXDB, 5),
        Point(Kind.BEFORE_SLACK, 2),
        Point(Kind.AFTER_SLACK, 2),
    ),
}
COLD_ROUNDS = [
    pytest.param(scenario, point, cold, id=f"{scenario}-{point}-bot {cold + 1}")
    for cold, points in enumerate((COLD, {name: each[-2:] for name, each in COLD.items()}))
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

    assert outcome.violations == []
    assert outcome.kills == 1


async def test_killed_before_it_listens(ground: Ground, tally: Tally) -> None:
    """One that is killed during its cold start has left nothing in the way of the next."""
    plan = Plan((Point(Kind.BEFORE_SLACK, 1),), from_birth=True, empty=True, cold=0)
    outcome = await Round(ground, SCENARIOS["disable"], plan).play()
    tell(tally, outcome)

    assert outcome.violations == []
    assert outcome.kills == 1


async def test_every_step_is_reached(ground: Ground, tally: Tally) -> None:
    """No name of a step is dead: the scenarios reach each, and one that is interrupted does too."""
    reached: set[str] = set()
    for plan in (Plan(), Plan((Point(Kind.AFTER_INFLUXDB, 2),))):
        for scenario in SCENARIOS.values():
            outcome = await Round(ground, scenario, plan).play()
            tell(tally, outcome)
            assert outcome.violations == []
            reached |= set(outcome.steps)

    assert reached == {step.value for step in Step}
