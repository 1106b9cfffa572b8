"""What a list of measurements says."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Samples:
    """Measurements of the same thing, in the unit that the line names.

    Attributes:
        values: At least one.
    """

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> "Samples":
        """Take measurements in."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def percentile(self, percent: float) -> float:
        """Give the smallest one that so many percent do not exceed."""
        ordered = sorted(self.values)
        at = -(-len(ordered) * percent // 100)
        return ordered[max(0, min(len(ordered), int(at)) - 1)]

    @property
    def spread(self) -> tuple[float, float]:
        """Between what nine in ten of them lie; of fewer than ten, the least and the largest."""
        if len(self.values) < 10:
            return min(self.values), max(self.values)
        return self.percentile(5), self.percentile(95)
