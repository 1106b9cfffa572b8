"""What a benchmark found: figures, what they are compared to, and the target."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.samples import Samples


@dataclass(frozen=True)
class Line:
    """One figure of the bot beside one of what it is compared to.

    Attributes:
        what: What is measured, with its unit.
        bot: The bot's.
        compared: What it is compared to; None where the target is a bound.
        target: What is wanted, in words; empty where the figure is only told.
        met: Whether it is so.
        ratios: The bot's by the other's, one of each repetition, if there is another.
    """

    what: str
    bot: Samples
    target: str
    met: bool = True
    compared: Samples | None = None
    ratios: Samples | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is a target."""
        return bool(self.target)


@dataclass(frozen=True)
class Finding:
    """What one benchmark found.

    Attributes:
        number: Such as ``B1``.
        what: What is measured, and against what.
        how: How often, in which order, and what was warmed up.
        lines: Its figures.
        remarks: What else was seen, a sentence each.
    """

    number: str
    what: str
    how: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = field(default=())

    @property
    def met(self) -> bool:
        """Whether every target of it is met."""
        return all(line.met for line in self.lines)


def at_most(what: str, bot: Sequence[float], compared: Sequence[float], times: float) -> Line:
    """Compare repetitions pair by pair: the median of their ratios may be so large.

    Args:
        what: What is measured, with its unit.
        bot: The bot's figure of each repetition.
        compared: The other's of the same repetition.
        times: The target.
    """
    ratios = Samples.of([ours / other for ours, other in zip(bot, compared, strict=True)])
    return Line(
        what,
        Samples.of(bot),
        target=f"≤ {times:g} ×",
        met=ratios.median <= times,
        compared=Samples.of(compared),
        ratios=ratios,
    )


def at_least(what: str, bot: Sequence[float], compared: Sequence[float], times: float) -> Line:
    """Compare repetitions pair by pair: the bot's has to be so many times shorter."""
    ratios = Samples.of([other / ours for ours, other in zip(bot, compared, strict=True)])
    return Line(
        what,
        Samples.of(bot),
        target=f"≥ {times:g} × faster",
        met=ratios.median >= times,
        compared=Samples.of(compared),
        ratios=ratios,
    )


def bounded(what: str, bot: Sequence[float], bound: float, unit: str) -> Line:
    """Compare the median of a figure with a bound."""
    found = Samples.of(bot)
    return Line(what, found, target=f"≤ {bound:g} {unit}", met=found.median <= bound)
